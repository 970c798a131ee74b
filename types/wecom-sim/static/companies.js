// The companies on the page: keeps them as they are, and edits their contacts.
import { ask, at, fill, moment, settings, texts } from './page.js';

const parts = (root) => [...root.querySelectorAll('[data-part]')];
const which = (part) => part.dataset.part;
// The source of each part that was put in, which its element no longer has.
const sources = new Map();

// What only scripts can do, or do better.
const dress = (root) => {
  for (const time of root.querySelectorAll('[data-unix]')) time.textContent = moment(time.dataset.unix * 1000).slice(0, 10);
  for (const acts of root.querySelectorAll('.acts[data-agent]')) acts.hidden = false;
};

// Where the focus is in a part, for the part that takes its place.
const focused = (part) => {
  const there = document.activeElement;
  const key = part.contains(there) && there.closest('[data-key]')?.dataset.key;
  if (!key) return '';
  return `[data-key="${key}"] ${there.dataset.act ? `[data-act="${there.dataset.act}"]` : 'summary'}`;
};

const renew = (part, fresh) => {
  const source = fresh.innerHTML;
  if (sources.get(which(part)) === source) return;
  sources.set(which(part), source);
  const open = new Map([...part.querySelectorAll('[data-key]')].map((it) => [it.dataset.key, it.open]));
  const focus = focused(part);
  part.replaceChildren(...fresh.childNodes);
  for (const it of part.querySelectorAll('[data-key]')) it.open = open.get(it.dataset.key) ?? it.open;
  dress(part);
  if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
};

// Puts in what has changed; whether the page can show it without being loaded again.
export const refresh = async () => {
  const response = await fetch(location.href);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const { apps, templates, revision } = JSON.parse(page.getElementById('settings').textContent);
  settings.revision = revision;
  const [mine, theirs] = [parts(document), parts(page)];
  if (mine.map(which).join(' ') !== theirs.map(which).join(' ')) return false;
  mine.forEach((part, index) => renew(part, theirs[index]));
  Object.assign(settings, { apps, templates });
  return true;
};

const fields = {
  members: ({ name, position, department }) => ({
    ...(name && { name }),
    ...(position && { position }),
    ...(department && { departments: [{ id: Number(department) }], mainDepartment: Number(department) }),
  }),
  // The name that this page shows is to be the new one, whichever its language.
  departments: ({ name }) => ({ name, ...(settings.lang !== 'zh' && { nameEn: name }) }),
};

const edit = async (form, remove) => {
  const { id, ...given } = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const { edit: kind } = form.dataset;
  const path = `/sim/companies/${form.parentElement.dataset.corp}/${kind}/${encodeURIComponent(id)}`;
  if (remove) {
    await ask('DELETE', path);
    return fill(texts.removed, id);
  }
  const { replaced } = await ask('PUT', path, fields[kind](given));
  return fill(replaced ? texts.saved : texts.added, id);
};

// `act` does it and says what came of it.
export const editing = (act) => {
  for (const form of document.querySelectorAll('[data-edit]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      act(form.querySelector('.said'), () => edit(form, event.submitter?.value === 'remove'));
    });
    form.parentElement.hidden = false;
  }
};

dress(document);
