// The journal: asks for new calls and puts them on top.
import { ask, at, fill, moment, settings, texts, write } from './page.js';

const calls = at('calls');
// Newest first, each with its entry and, while it is open, the row that shows all of it.
let shown = [];
let { after } = settings;
let paused = false;

const failed = ({ status, errcode }) => status >= 400 || Boolean(errcode);

const sift = (call) => {
  const wanted = at('filter').value.trim().toLowerCase();
  const hidden = !call.text.includes(wanted) || (at('errors').checked && !failed(call.entry));
  call.row.hidden = hidden;
  if (call.all) call.all.hidden = hidden;
};
const count = () => {
  at('none').hidden = shown.some(({ row }) => !row.hidden);
};
const drop = (call) => {
  call.row.remove();
  call.all?.remove();
};

const add = (entry) => {
  const row = document.createElement('tr');
  row.className = failed(entry) ? 'call bad' : 'call';
  // What is masked tells least, so it stands where the line is cut off.
  const pairs = Object.entries(entry.query).sort(([, a], [, b]) => (a === '***') - (b === '***'));
  const query = pairs.map(([name, value]) => `${name}=${value}`).join(' ');
  const error = entry.errcode ?? (failed(entry) ? `HTTP ${entry.status}` : '');
  const cells = [entry.seq, moment(entry.unixMs).slice(11, 19), '', query, entry.status, error];
  for (const text of cells) row.insertCell().textContent = text;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = `${entry.method} ${entry.path}`;
  button.setAttribute('aria-expanded', 'false');
  row.cells[2].append(button);
  const call = { entry, row, text: `${row.textContent} ${JSON.stringify(entry)}`.toLowerCase() };
  shown.unshift(call);
  calls.prepend(row);
  sift(call);
};

const toggle = (call) => {
  const open = !call.all;
  call.row.querySelector('button').setAttribute('aria-expanded', String(open));
  if (!open) {
    call.all.remove();
    call.all = undefined;
    return;
  }
  call.all = document.createElement('tr');
  call.all.className = 'all';
  const cell = call.all.insertCell();
  cell.colSpan = call.row.cells.length;
  const time = document.createElement('p');
  time.textContent = moment(call.entry.unixMs);
  const text = document.createElement('pre');
  const { seq, unixMs, method, path, query, status, errcode, ...more } = call.entry;
  text.textContent = JSON.stringify({ seq, unixMs, method, path, query, status, errcode, ...more }, null, 2);
  cell.append(time, text);
  if (call.entry.errcode) {
    const link = document.createElement('a');
    link.href = `https://open.work.weixin.qq.com/devtool/query?e=${call.entry.errcode}`;
    link.rel = 'noreferrer';
    link.textContent = fill(texts.lookUp, call.entry.errcode);
    cell.append(link);
  }
  call.row.after(call.all);
};

// Takes in what is new; `last` is the newest there is, of which `kept` are kept.
export const follow = async ({ last, entries: kept }) => {
  // A simulator that was started anew counts from the beginning.
  if (last < after) return location.reload();
  const gone = shown.filter(({ entry }) => entry.seq <= last - kept);
  gone.forEach(drop);
  shown = shown.filter((call) => !gone.includes(call));
  count();
  if (paused) return;
  // Whoever is far behind sees the newest only.
  after = Math.max(after, last - settings.calls);
  if (last > after) {
    const { entries, next } = await ask('GET', `/sim/journal?after=${after}`);
    after = next;
    entries.forEach(add);
    shown.splice(settings.calls).forEach(drop);
  }
  count();
};

export const state = () => (paused ? texts.paused : texts.live);

calls.addEventListener('click', ({ target }) => {
  const row = target.closest('tr.call');
  const call = row && shown.find((it) => it.row === row);
  // Who marks a text to copy it does not want to open the row.
  if (call && (target.closest('button') || getSelection().isCollapsed)) toggle(call);
});
for (const id of ['filter', 'errors']) {
  at(id).addEventListener('input', () => {
    shown.forEach(sift);
    count();
  });
}
at('pause').addEventListener('click', () => {
  paused = !paused;
  at('pause').textContent = paused ? texts.resume : texts.pause;
  write(at('status'), state());
});
