// What a script adds to the pages: the QR code in place, a countdown, times in the reader's own zone.
"use strict";

const login = document.getElementById("login");
if (login) {
  const part = (id) => document.getElementById(id);
  const panel = login.dataset.panel;
  const open = part("open");

  // In a window of its own this page stays, and notices when somebody comes back to it logged in.
  let awaited = false;
  open.target = "_blank";
  open.rel = "noopener";
  open.addEventListener("click", () => { awaited = true; });
  document.addEventListener("visibilitychange", async () => {
    if (!awaited || document.visibilityState !== "visible") return;
    const answer = await fetch(location.href, { redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
  });

  // The provider's page as its own component frames it: it may lead this window on, and open others.
  if (panel) {
    const site = new URL(panel).origin;
    const frame = document.createElement("iframe");
    frame.title = login.dataset.frameTitle;
    frame.referrerPolicy = "origin";
    frame.allow = "local-network-access";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-top-navigation allow-popups allow-popups-to-escape-sandbox");
    frame.src = panel;
    let alive = false;
    const ask = () => frame.contentWindow.postMessage(JSON.stringify({ type: "ww-iframe-handle:init" }), site);
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.origin !== site || alive) return;
      alive = true;
      part("no-frame").hidden = true;
    });
    frame.addEventListener("load", () => {
      ask();
      // A page that cannot be framed, or cannot be reached, never answers.
      setTimeout(ask, 1000);
      setTimeout(() => { part("no-frame").hidden = alive; }, 5000);
    });
    part("place").append(frame);
    part("place").hidden = false;
    login.classList.add("framed");
    open.textContent = open.dataset.window;
    part("hint").hidden = true;
  }

  const seconds = Number(login.dataset.seconds);
  if (seconds) {
    const end = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      part("countdown").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left > 0) return;
      clearInterval(timer);
      part("place").replaceChildren();
      for (const id of ["place", "left", "no-frame"]) part(id).hidden = true;
      open.parentElement.hidden = true;
      const over = part("over");
      over.hidden = false;
      over.querySelector("a").href = location.href;
      over.querySelector("[role=alert]").textContent = part("expired").content.textContent;
    };
    const timer = setInterval(tick, 1000);
    tick();
    part("left").hidden = false;
  }

  // A page out of the browser's memory shows a login that may be over.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

for (const time of document.querySelectorAll("time[data-ms]")) {
  const at = new Date(Number(time.dataset.ms));
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  time.closest("[hidden]").hidden = false;
}
