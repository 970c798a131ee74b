// What was pushed to callbacks: asks for what is new or not yet decided, and puts the newest on top.
import { drop, row, say, unfolds } from './fold.js';
import { ask, at, fill, moment, name, settings, texts, write } from './page.js';

const body = at('pushes');
const outcomes = {
  waiting: texts.pushWaiting,
  held: texts.pushHeld,
  delivered: texts.pushDelivered,
  failed: texts.pushFailed,
  dropped: texts.pushDropped,
};
// Newest first, each with its entry, its row and, while it is open, the row that shows all of it.
let shown = [];
let seen;

const underWay = ({ outcome }) => outcome === 'waiting' || outcome === 'held';
const came = ({ status }) => (status ? `HTTP ${status}` : texts.noAnswer);
const result = ({ outcome, attempts }) => [outcomes[outcome] ?? outcome, ...attempts.slice(-1).map(came)].join(' · ');

const cells = (entry) => {
  const [corpId, agentId] = entry.to.split('/');
  // A template's name has no slash in it.
  const app = agentId ? name({ corpId, agentId: Number(agentId) }) : settings.templates[corpId] ?? corpId;
  return [entry.seq, moment(entry.unixMs).slice(11, 19), entry.event, app, entry.attempts.length, result(entry)];
};
const all = (entry) => {
  const tries = entry.attempts.map((attempt) => [moment(attempt.unixMs), attempt.status && came(attempt), attempt.body].filter(Boolean).join(' '));
  const parts = [say('p', `${moment(entry.unixMs)} ${entry.to}`), say('pre', entry.document)];
  if (tries.length) parts.push(say('pre', tries.join('\n')));
  return parts;
};

const put = (entry) => {
  let it = shown.find(({ entry: { seq } }) => seq === entry.seq);
  if (!it) {
    it = { row: row(cells(entry)) };
    shown.unshift(it);
    body.prepend(it.row);
  } else if (JSON.stringify(it.entry) === JSON.stringify(entry)) {
    return;
  }
  it.entry = entry;
  cells(entry).forEach((text, column) => write(it.row.cells[column].querySelector('button') ?? it.row.cells[column], text));
  const bad = entry.outcome === 'failed' || entry.outcome === 'dropped' || (underWay(entry) && entry.attempts.length);
  it.row.className = bad ? 'call bad' : 'call';
  it.all?.cells[0].replaceChildren(...all(entry));
};

// `last` is the newest there is, of which `count` are kept and `waiting` not yet decided.
export const follow = async ({ count, waiting, last }) => {
  seen ??= Math.max(0, last - settings.pushes);
  // A simulator that was started anew counts from the beginning.
  if (last < seen) return location.reload();
  const open = shown.filter(({ entry }) => underWay(entry)).map(({ entry }) => entry.seq - 1);
  if (last > seen || open.length) {
    // Whoever is far behind sees the newest only.
    const after = Math.max(Math.min(seen, ...open), last - settings.pushes);
    const { pushes } = await ask('GET', `/sim/pushes?after=${after}`);
    pushes.forEach(put);
    seen = Math.max(seen, ...pushes.map(({ seq }) => seq));
    shown.splice(settings.pushes).forEach(drop);
  }
  write(at('pushes-count'), count ? `${count} ${waiting ? fill(texts.undecided, waiting) : ''}`.trim() : '');
  at('pushes-list').hidden = !shown.length;
  at('pushes-none').hidden = Boolean(shown.length);
};

unfolds(body, (clicked) => shown.find((it) => it.row === clicked), all);
