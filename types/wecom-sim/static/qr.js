// The QR page: asks how far its login has come, shows it, and goes where it leads.
'use strict';
(() => {
  const at = (id) => document.getElementById(id);
  const read = (page) => JSON.parse(page.getElementById('settings').textContent);
  const framed = window.parent !== window;
  let settings = read(document);

  const say = (text) => {
    if (at('status').textContent !== text) at('status').textContent = text;
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // The protocol of @wecom/jssdk: JSON texts to the page around this one.
  const post = (message, origin) => {
    if (framed) window.parent.postMessage(JSON.stringify(message), origin);
  };
  const call = (name, payload, origin) =>
    post({ type: 'ww-iframe-handle:call', args: { type: 'call', name, payload } }, origin);
  const ready = () => post({ type: 'ww-iframe-handle:ready', supportChannel: false }, '*');
  window.addEventListener('message', (event) => {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    if (message && message.type === 'ww-iframe-handle:init') ready();
  });
  ready();
  call('onCheckWeComLogin', { isWeComLogin: false }, '*');

  // Only a page at the origin of redirect_uri is told the outcome: a code is worth a login.
  const tell = (name, payload, text) => {
    const origin = new URL(settings.redirect_uri).origin;
    call(name, payload, origin);
    const around = location.ancestorOrigins && location.ancestorOrigins[0];
    say(around && around !== origin ? settings.texts.otherPage : text);
  };

  // Added behind the query that is there, which stays as it is written.
  const back = (added) => {
    const url = new URL(settings.redirect_uri);
    const query = new URLSearchParams(added).toString();
    url.search = url.search ? `${url.search}&${query}` : query;
    return url.href;
  };
  const go = (address) => {
    const link = at('go-on');
    link.href = address;
    try {
      if (settings.redirect_type === 'top') window.top.location.href = address;
      else window.location.href = address;
    } catch {
      // A frame may not move the page around it; a click may.
      link.hidden = false;
    }
  };

  const end = async (status, code) => {
    const { state, texts } = settings;
    const appid = settings.append_appid ? { appid: settings.appid } : {};
    const handOver = framed && settings.redirect_type === 'callback';
    if (status === 'QRCODE_SCAN_SUCC') {
      if (handOver) tell('onLoginSuccess', { code }, texts.handedOver);
      else go(back({ code, state, ...appid }));
    } else if (handOver) {
      tell('onLoginFail', { errCode: -1, errMsg: texts.QRCODE_SCAN_FAIL }, texts.QRCODE_SCAN_FAIL);
    } else {
      // Long enough to read why.
      await pause(1000);
      go(back({ state }));
    }
  };

  const ask = async (lastStatus) => {
    const address = `/wwlogin/monoApi/sso/login/getWebQrCodeStatus?ajax=1&f=json&random=${Math.random()}`;
    const body = JSON.stringify({ webKey: settings.web_key, lastStatus });
    const response = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await response.json()).data;
  };

  const follow = async () => {
    let last = '';
    for (;;) {
      try {
        const { status, auth_code: code } = await ask(last);
        say(settings.texts[status]);
        at('login').dataset.status = status;
        last = status;
        if (status === 'QRCODE_SCAN_SUCC' || status === 'QRCODE_SCAN_FAIL') return end(status, code);
        if (status === 'QRCODE_SCAN_ERR') {
          at('veil').hidden = false;
          return;
        }
        // The server waits for news; this is only against one that does not.
        await pause(200);
      } catch {
        say(settings.texts.offline);
        last = '';
        await pause(2000);
      }
    }
  };

  // A new code without leaving the page: the same address gives one.
  at('refresh').addEventListener('click', async () => {
    at('refresh').disabled = true;
    try {
      const response = await fetch(location.href);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      settings = read(page);
      at('qr').src = page.getElementById('qr').getAttribute('src');
      at('phone').href = page.getElementById('phone').getAttribute('href');
      at('veil').hidden = true;
      // Whoever pressed the button with a key goes on from the next thing there is.
      at('phone').focus();
      follow();
    } catch {
      // Not there now, or no code to show any more: the page itself says what it is.
      location.reload();
    }
    at('refresh').disabled = false;
  });

  follow();
})();
