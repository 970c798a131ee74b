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
    // Whoever is not logged in is led away from there.
    const profile = await fetch(login.dataset.profile, { redirect: "manual" }).catch(() => null);
    if (profile?.ok) location.reload();
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
    const ask = () => frame.contentWindow?.postMessage(JSON.stringify({ type: "ww-iframe-handle:init" }), site);
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.origin !== site || alive) return;
      alive = true;
      part("no-frame").hidden = true;
    });
    frame.addEventListener("load", () => {
      ask();
      // A page that cannot be framed, or cannot be reached, never answers.
      setTimeout(ask, 1000);
      setTimeout(() => {
        part("no-frame").hidden = alive || part("place").hidden;
        // The way out is the thing to press then.
        login.classList.toggle("framed", alive);
      }, 5000);
    });
    part("place").append(frame);
    part("place").hidden = false;
    login.classList.add("framed");
    open.textContent = open.dataset.window;
    part("hint").hidden = true;
  }

  const seconds = Number(login.dataset.seconds);
  if (seconds) {
    // The wall's clock: others stand still while a computer sleeps.
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      part("countdown").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left > 0) return;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
      const over = part("over");
      const focused = login.contains(document.activeElement);
      part("place").replaceChildren();
      for (const id of ["place", "left", "no-frame"]) part(id).hidden = true;
      open.parentElement.hidden = true;
      over.hidden = false;
      over.querySelector("[role=alert]").textContent = part("expired").content.textContent;
      if (focused) over.querySelector("a").focus();
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", tick);
    tick();
    part("left").hidden = false;
  }
}

for (const time of document.querySelectorAll("time[data-ms]")) {
  const at = new Date(Number(time.dataset.ms));
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  time.closest("[hidden]").hidden = false;
}

// Pressed twice is meant once.
for (const form of document.forms) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}

// A page out of the browser's memory shows a login that may be over, or somebody who has left.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
