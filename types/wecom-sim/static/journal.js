// The journal: asks for new calls and puts them on top.
import { drop, row, say, unfolds } from './fold.js';
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
const add = (entry) => {
  // What is masked tells least, so it stands where the line is cut off.
  const pairs = Object.entries(entry.query).sort(([, a], [, b]) => (a === '***') - (b === '***'));
  const query = pairs.map(([name, value]) => `${name}=${value}`).join(' ');
  const error = entry.errcode ?? (failed(entry) ? `HTTP ${entry.status}` : '');
  const call = `${entry.method} ${entry.path}`;
  const made = row([entry.seq, moment(entry.unixMs).slice(11, 19), call, query, entry.status, error]);
  made.className = failed(entry) ? 'call bad' : 'call';
  const it = { entry, row: made, text: `${made.textContent} ${JSON.stringify(entry)}`.toLowerCase() };
  shown.unshift(it);
  calls.prepend(made);
  sift(it);
};

const all = (entry) => {
  const { seq, unixMs, method, path, query, status, errcode, ...more } = entry;
  const text = JSON.stringify({ seq, unixMs, method, path, query, status, errcode, ...more }, null, 2);
  const parts = [say('p', moment(unixMs)), say('pre', text)];
  if (errcode) {
    const link = say('a', fill(texts.lookUp, errcode));
    parts.push(Object.assign(link, { href: `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`, rel: 'noreferrer' }));
  }
  return parts;
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

export const status = () => (paused ? texts.paused : texts.live);

unfolds(calls, (clicked) => shown.find((it) => it.row === clicked), all);
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
