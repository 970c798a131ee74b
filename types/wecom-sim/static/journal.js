// The journal page: asks for new calls and puts them on top.
'use strict';
(() => {
  const at = (id) => document.getElementById(id);
  const { texts, shown, after: seen } = JSON.parse(at('settings').textContent);
  const calls = at('calls');
  let after = seen;
  let paused = false;
  let lost = false;

  const say = (text) => {
    if (at('status').textContent !== text) at('status').textContent = text;
  };
  const matches = (row) => {
    row.hidden = !row.textContent.toLowerCase().includes(at('filter').value.trim().toLowerCase());
  };
  const add = (entry) => {
    const row = document.createElement('tr');
    const query = Object.entries(entry.query).map(([name, value]) => `${name}=${value}`).join(' ');
    const time = new Date(entry.unixMs).toISOString().slice(11, 19);
    const cells = [entry.seq, time, `${entry.method} ${entry.path}`, query, entry.status, entry.errcode ?? ''];
    for (const text of cells) row.insertCell().textContent = text;
    matches(row);
    calls.prepend(row);
    while (calls.rows.length > shown) calls.lastElementChild.remove();
    at('none').hidden = true;
  };
  const look = async () => {
    if (!paused) {
      try {
        const response = await fetch(`/sim/journal?after=${after}`);
        const { entries, next } = await response.json();
        // A simulator that was started anew counts from the beginning.
        if (lost) return location.reload();
        entries.forEach(add);
        after = next;
        if (!paused) say(texts.live);
      } catch {
        lost = true;
        say(texts.stale);
      }
    }
    setTimeout(look, 1000);
  };

  at('filter').addEventListener('input', () => [...calls.rows].forEach(matches));
  at('pause').addEventListener('click', () => {
    paused = !paused;
    at('pause').textContent = paused ? texts.resume : texts.pause;
    say(paused ? texts.paused : texts.live);
  });
  at('tools').hidden = false;
  look();
})();
