// The simulator's own page: shows what is in the air, and does what its buttons say.
import { editing, refresh } from './companies.js';
import * as journal from './journal.js';
import { ask, at, fill, moment, name, settings, texts, write } from './page.js';
import * as pushes from './pushes.js';

// The largest number that a limit can be is none.
const NO_LIMIT = 2 ** 32 - 1;

let timer;
let asking = false;
let lost = false;

const left = ({ expiresIn }) => (expiresIn ? fill(texts.seconds, expiresIn) : texts.overTime);
// What it holds beyond what is known here is at least named.
const effect = ({ path, times, latencyMs, errcode, errmsg, httpStatus, truncate, ...more }) => [
  latencyMs && fill(texts.late, latencyMs),
  errcode !== undefined && `errcode ${errcode} ${errmsg ?? ''}`.trim(),
  httpStatus && `HTTP ${httpStatus}`,
  truncate && texts.truncated,
  ...Object.keys(more),
].filter(Boolean).join(', ');
const statuses = { QRCODE_SCAN_NEVER: texts.waiting, QRCODE_SCAN_ING: texts.scanned, QRCODE_SCAN_PC_BIND: texts.desktop };
const phone = ({ key }) => ({ text: texts.openPhone, href: `/sim/phone?key=${key}&lang=${settings.lang}` });

const cells = {
  tokens: (it) => [name(it), it.begins, left(it)],
  codes: (it) => [name(it), it.begins, it.who, left(it)],
  tickets: (it) => [name(it), it.begins, it.who, left(it)],
  qrLogins: (it) => [name(it), statuses[it.status] ?? it.status, left(it), phone(it)],
  faults: (it) => [it.path, effect(it), it.times],
};

const put = (cell, content) => {
  if (!content?.href) return write(cell, content);
  const link = cell.firstChild ?? cell.appendChild(document.createElement('a'));
  Object.assign(link, { target: '_blank', rel: 'noopener', href: content.href });
  write(link, content.text);
};
const draw = (id, { count, expired = 0, shown }) => {
  const body = at(id);
  const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const rows = shown.map((it, index) => {
    const key = it.key ?? (it.begins ? `${it.corpId} ${it.agentId} ${it.begins}` : String(index));
    const row = old.get(key) ?? document.createElement('tr');
    row.dataset.key = key;
    row.classList.toggle('over', it.expiresIn === 0);
    cells[id](it).forEach((content, column) => put(row.cells[column] ?? row.insertCell(), content));
    return row;
  });
  if (rows.length !== body.rows.length || rows.some((row, index) => row !== body.rows[index])) {
    const focused = body.contains(document.activeElement) && document.activeElement;
    body.replaceChildren(...rows);
    if (focused) focused.focus({ preventScroll: true });
  }
  write(at(`${id}-count`), count);
  at(`${id}-list`).hidden = !rows.length;
  const more = count + expired - shown.length;
  at(`${id}-more`).hidden = !more;
  write(at(`${id}-more`), fill(texts.more, more));
};

const show = (overview) => {
  for (const id of Object.keys(cells)) draw(id, overview[id]);
  const seconds = Math.floor(overview.aheadMs / 1000);
  const two = (number) => String(number % 60).padStart(2, '0');
  const ahead = seconds ? ` (+${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60))}:${two(seconds)})` : '';
  write(at('clock'), `${moment(overview.now).slice(0, 19).replace('T', ' ')} UTC${ahead}`);
  at('clear-faults').hidden = !overview.faults.count;
  const { corpPerMinute, corpPerHour, ipPerMinute, ipPerHour } = overview.limits;
  const limits = [corpPerMinute, corpPerHour, ipPerMinute, ipPerHour].map((it) => (it === NO_LIMIT ? '∞' : it));
  write(at('limits'), fill(texts.limits, ...limits));
};

const look = async () => {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const overview = await ask('GET', '/sim/overview');
    // It may be another one by now, with other companies.
    if (lost) return location.reload();
    if (overview.revision !== settings.revision) {
      at('changed').hidden = await refresh();
      offer();
    }
    show(overview);
    await pushes.follow(overview.pushes);
    await journal.follow(overview.journal);
    write(at('status'), journal.status());
  } catch {
    lost = true;
    write(at('status'), texts.stale);
  } finally {
    asking = false;
    timer = setTimeout(look, 1000);
  }
};

// Does it, and says there what came of it.
const act = async (said, what) => {
  said.classList.remove('warning');
  try {
    write(said, await what());
  } catch (error) {
    said.classList.add('warning');
    write(said, fill(texts.notDone, error.message));
  }
  look();
};

const paste = (text) => {
  const pre = document.createElement('pre');
  pre.textContent = text;
  return pre;
};
// Two lines for a shell. A secret that is not shown here has to be there already.
const exchange = ({ corpId, secret }, code) => {
  const given = secret === '***' ? '$SECRET' : secret;
  const pick = `grep -o '"access_token":"[^"]*"' | cut -d'"' -f4`;
  const api = `${location.origin}/cgi-bin`;
  return `token=$(curl -s "${api}/gettoken?corpid=${corpId}&corpsecret=${given}" | ${pick})\n`
    + `curl -s "${api}/auth/getuserinfo?access_token=$token&code=${code}"`;
};

const value = ({ corpId, agentId }) => `${corpId} ${agentId}`;
const chosen = () => settings.apps.find((app) => value(app) === at('app').value);
const propose = () => at('member').setAttribute('list', chosen()?.members ?? '');
// The apps that one can log in to.
const offer = () => {
  const { value: before } = at('app');
  const apps = settings.apps.filter(({ logsIn }) => logsIn);
  at('app').replaceChildren(...apps.map((app) => new Option(`${app.title} (${app.agentId})`, value(app))));
  if (apps.some((app) => value(app) === before)) at('app').value = before;
  propose();
};
at('app').addEventListener('change', propose);
offer();

at('code').addEventListener('submit', (event) => {
  event.preventDefault();
  const app = chosen();
  at('made').replaceChildren();
  act(at('done'), async () => {
    const { corpId, agentId } = app;
    const { code, expiresIn } = await ask('POST', '/sim/codes', { corpId, agentId, userId: at('member').value.trim() });
    const use = document.createElement('p');
    use.textContent = texts.codeUse;
    at('made').append(paste(code), use, paste(exchange(app, code)));
    return fill(texts.codeMade, expiresIn);
  });
});
for (const button of document.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () => act(at('done'), async () => {
    await ask('POST', '/sim/clock', { advanceMs: Number(button.dataset.advance) });
    return texts.forwarded;
  }));
}
const done = {
  expire: async (app) => fill(texts.expire, name(app), (await ask('POST', '/sim/tokens/expire', app)).tokens),
  revoke: async (app) => fill(texts.revoke, name(app), (await ask('POST', '/sim/tokens/revoke', app)).tokens),
  verify: async (app) => {
    await ask('POST', `/sim/companies/${app.corpId}/apps/${app.agentId}/callback/verify`, {});
    return fill(texts.verify, name(app));
  },
};
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-act]');
  if (!button) return;
  const { corp: corpId, agent } = button.parentElement.dataset;
  act(button.parentElement.querySelector('.said'), () => done[button.dataset.act]({ corpId, agentId: Number(agent) }));
});
for (const [id, path] of [['clear', '/sim/journal'], ['clear-faults', '/sim/faults']]) {
  at(id).addEventListener('click', ({ target }) => {
    const said = target.parentElement.querySelector('.said') ?? at('done');
    act(said, async () => fill(texts.cleared, (await ask('DELETE', path)).removed));
  });
}
editing(act);

at('live').hidden = false;
look();
