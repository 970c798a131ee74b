// The simulator's own page: shows what is in the air, and does what its buttons say.
import { follow, state } from './journal.js';
import { ask, at, fill, moment, settings, texts, write } from './page.js';

let timer;
let asking = false;
let lost = false;

const known = ({ corpId, agentId }) => settings.apps.find((app) => app.corpId === corpId && app.agentId === agentId);
const name = (it) => known(it)?.title ?? `${it.corpId} ${it.agentId}`;
const left = ({ expiresIn }) => (expiresIn ? fill(texts.seconds, expiresIn) : texts.overTime);
// What it holds beyond what is known here is at least named.
const effect = ({ path, times, latencyMs, errcode, errmsg, httpStatus, truncate, ...more }) => [
  latencyMs && fill(texts.late, latencyMs),
  errcode !== undefined && `errcode ${errcode} ${errmsg ?? ''}`.trim(),
  httpStatus && `HTTP ${httpStatus}`,
  truncate && texts.truncated,
  ...Object.keys(more),
].filter(Boolean).join(', ');
const statuses = { QRCODE_SCAN_NEVER: texts.waiting, QRCODE_SCAN_ING: texts.scanned };
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
  at('changed').hidden = overview.revision === settings.revision;
};

const look = async () => {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const overview = await ask('GET', '/sim/overview');
    // It may be another one by now, with other companies.
    if (lost) return location.reload();
    show(overview);
    await follow(overview.journal);
    write(at('status'), state());
  } catch {
    lost = true;
    write(at('status'), texts.stale);
  } finally {
    asking = false;
    timer = setTimeout(look, 1000);
  }
};

// Does it, and says what came of it beside the button or under the actions.
const act = async (button, what) => {
  const said = button.parentElement.querySelector('.said') ?? at('done');
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

const chosen = () => settings.apps[at('app').selectedIndex];
at('app').append(...settings.apps.map(({ title, agentId }) => new Option(`${title} (${agentId})`)));
const propose = () => at('member').setAttribute('list', chosen()?.members ?? '');
at('app').addEventListener('change', propose);
propose();

at('code').addEventListener('submit', (event) => {
  event.preventDefault();
  const app = chosen();
  at('made').replaceChildren();
  act(at('code'), async () => {
    const { corpId, agentId } = app;
    const { code, expiresIn } = await ask('POST', '/sim/codes', { corpId, agentId, userId: at('member').value.trim() });
    const use = document.createElement('p');
    use.textContent = texts.codeUse;
    at('made').append(paste(code), use, paste(exchange(app, code)));
    return fill(texts.codeMade, expiresIn);
  });
});
for (const button of document.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () => act(button, async () => {
    await ask('POST', '/sim/clock', { advanceMs: Number(button.dataset.advance) });
    return texts.forwarded;
  }));
}
for (const button of document.querySelectorAll('[data-act]')) {
  const { act: what } = button.dataset;
  const { corp: corpId, agent } = button.parentElement.dataset;
  const app = { corpId, agentId: Number(agent) };
  button.addEventListener('click', () => act(button, async () => {
    const { tokens } = await ask('POST', `/sim/tokens/${what}`, app);
    return fill(texts[what], name(app), tokens);
  }));
  button.parentElement.hidden = false;
}
for (const [id, path] of [['clear', '/sim/journal'], ['clear-faults', '/sim/faults']]) {
  at(id).addEventListener('click', ({ target }) => {
    act(target, async () => fill(texts.cleared, (await ask('DELETE', path)).removed));
  });
}
for (const time of document.querySelectorAll('[data-unix]')) time.textContent = moment(time.dataset.unix * 1000).slice(0, 10);

at('live').hidden = false;
look();
