// Rows of a list, newest first, of which a click shows all.

// A row of these texts; the third is that of the button that unfolds it.
export const row = (texts) => {
  const made = document.createElement('tr');
  texts.forEach((text, column) => {
    const cell = made.insertCell();
    if (column !== 2) {
      cell.textContent = text;
      return;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.setAttribute('aria-expanded', 'false');
    cell.append(button);
  });
  return made;
};

// An element that holds a text.
export const say = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });

const toggle = (it, parts) => {
  const open = !it.all;
  it.row.querySelector('button').setAttribute('aria-expanded', String(open));
  if (!open) {
    it.all.remove();
    it.all = undefined;
    return;
  }
  it.all = document.createElement('tr');
  it.all.className = 'all';
  const cell = it.all.insertCell();
  cell.colSpan = it.row.cells.length;
  cell.append(...parts(it.entry));
  it.row.after(it.all);
};

// Lets a click on a row unfold it; `find` knows what is behind a row, and `parts` what to show of it.
export const unfolds = (body, find, parts) => {
  body.addEventListener('click', ({ target }) => {
    const clicked = target.closest('tr.call');
    const it = clicked && find(clicked);
    // Who marks a text to copy it does not want to open the row.
    if (it && (target.closest('button') || getSelection().isCollapsed)) toggle(it, parts);
  });
};

export const drop = (it) => {
  it.row.remove();
  it.all?.remove();
};
