// Calls elements of an app from a page of your own, wherever it is served, and logs people in.
//
//   import { connect } from "https://login.example.com/element.js";
//   const api = connect("acme.demo");
//   const config = await api.getLoginConfig("auths.loginTypes.QywxInnerExample");   // then: location.href = config.qrUrl
//   const user = await api.loginWithCode("auths.loginTypes.QywxInnerExample", { authCode, state });
//   const user = await api.loginInPanel("auths.loginTypes.QywxInnerExample", element);   // or: the QR code in this page
//   const me = await api.call("auths.loginTypes.services.AuthSvc", "currentUser");
//
// A page of another site than the host's has to be listed: `element serve --allow-origin https://shop.example.com`.
// No cookies are used. A login is bound to this tab by a random word that only this page knows, and the session's
// token stays in this tab (`sessionStorage`), so guard the page against foreign scripts.

const AUTH_SVC = "auths.loginTypes.services.AuthSvc";

/** What the host answered when it said no: `code` is a number of ours or of the provider's, such as 40029. */
export class ElementError extends Error {
  constructor(status, answer) {
    super(answer.errmsg || `HTTP ${status}`);
    this.name = "ElementError";
    this.status = status;
    this.code = answer.errcode ?? status;
    this.requestId = answer.requestId;
  }
}

/**
 * The elements of an app.
 *
 * @param {string} app  the app's id, such as "acme.demo"
 * @param {string} [host]  where the host is; without it, where this module came from
 */
export function connect(app, host = new URL(".", import.meta.url).href) {
  return new Elements(app, host);
}

class Elements {
  #address;
  #key;

  constructor(app, host) {
    this.#address = new URL(`api/${app.replace(".", "/")}/`, host.endsWith("/") ? host : `${host}/`);
    this.#key = `element ${this.#address}`;
  }

  #read(what) {
    return sessionStorage.getItem(`${this.#key} ${what}`);
  }

  #write(what, value) {
    const key = `${this.#key} ${what}`;
    if (value == null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  }

  /** What proves to the host that the tab that ends a login is the one that began it. */
  #browser() {
    let word = this.#read("browser");
    if (!word) {
      const bytes = crypto.getRandomValues(new Uint8Array(32));
      word = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#write("browser", word);
    }
    return word;
  }

  /** Is somebody logged in, as far as this tab knows? */
  get isLoggedIn() {
    return this.#read("token") !== null;
  }

  /** Calls a method of an element. Gives its result, or throws an {@link ElementError}. */
  async call(element, method, args = {}) {
    const headers = { "content-type": "application/json", "x-login-browser": this.#browser() };
    const token = this.#read("token");
    if (token) headers.authorization = `Bearer ${token}`;
    const address = new URL(`${element.replaceAll(".", "/")}/${method}`, this.#address);
    const body = JSON.stringify(args);
    const response = await fetch(address, { method: "POST", headers, body, credentials: "omit" });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok || answer.errcode !== 0) {
      // A session that ended is no session.
      if (response.status === 401 && this.#read("token") === token) this.#write("token", null);
      throw new ElementError(response.status, answer);
    }
    return answer.data;
  }

  /**
   * What a page needs to start a login: ids, `state`, and `qrUrl`, ready to open. Where it says `needsOrgCode`, there is
   * nothing to open yet: ask the person for the organisation code of the company, and call this again with it. A code that no
   * company has throws an {@link ElementError} with the code 20111.
   */
  getLoginConfig(element, orgCode) {
    return this.call(element, "getLoginConfig", orgCode ? { orgCode } : {});
  }

  /**
   * Ends a login with what the provider sent back: `{ authCode, state }` from the address of this page, and `corp`, the
   * id of a company, where there is a choice. Gives the person.
   *
   * With several companies and no `corp` nobody is logged in yet: the result has `loginCode` and `corpList`; let the
   * person choose, and call {@link loginByCode}.
   */
  async loginWithCode(element, { authCode, state, corp }) {
    const who = await this.call(element, "getLoginCode", { authCode, state });
    if (!who.loginCode || (who.corpList.length > 1 && !corp)) return who;
    return this.loginByCode(who.loginCode, corp ?? who.corpList[0].corpId);
  }

  /**
   * Shows the QR code inside `place`, an element of this page, and logs in whoever scans it; nobody leaves the page. Gives
   * what {@link loginWithCode} gives; throws an {@link ElementError} with the code 20108 when the person declines.
   *
   * The provider tells the outcome to the site of `redirectUri` only, so this page has to be of that site. `params` are
   * the panel's: `lang` (`zh`, `en`), `panel_size` (`middle`, `small`), `color_scheme` (`light`, `dark`, `auto`). A `signal`
   * takes the QR code away again. `orgCode` is for {@link getLoginConfig}, where that needs one.
   */
  async loginInPanel(element, place, { corp, orgCode, signal, ...params } = {}) {
    const config = await this.getLoginConfig(element, orgCode);
    if (config.needsOrgCode) throw new ElementError(422, { errcode: 20004, errmsg: "this login needs `orgCode`" });
    const authCode = await codeOfPanel(config.panelUrl, place, params, signal);
    return this.loginWithCode(element, { authCode, state: config.state, corp });
  }

  /** Enters a company of `corpList`. Gives the person. */
  async loginByCode(loginCode, corp) {
    const session = await this.call(AUTH_SVC, "loginByCode", { loginCode, corp, platform: "web" });
    this.#write("token", session.token);
    return session.user;
  }

  /** Who is logged in, or null. */
  async currentUser() {
    if (!this.isLoggedIn) return null;
    try {
      return await this.call(AUTH_SVC, "currentUser");
    } catch (error) {
      if (error.status === 401) return null;
      throw error;
    }
  }

  /** Ends the session, here and at the host. */
  async logout() {
    const token = this.#read("token");
    this.#write("token", null);
    if (token) await this.call(AUTH_SVC, "logout", { token });
  }
}

/** The provider's page in a frame, and what it says: the messages of its own script for that, `createWWLoginPanel`. */
function codeOfPanel(address, place, params, signal) {
  const url = new URL(address);
  for (const [name, value] of Object.entries({ ...params, redirect_type: "callback" })) url.searchParams.set(name, value);
  const small = url.searchParams.get("panel_size") === "small";
  const frame = document.createElement("iframe");
  Object.assign(frame, { title: "QR code", referrerPolicy: "origin", allow: "local-network-access", src: url.href });
  Object.assign(frame, { width: small ? 320 : 480, height: small ? 380 : 416 });
  frame.style.cssText = "border: 0; max-width: 100%";
  return new Promise((resolve, reject) => {
    const end = (settle, outcome) => {
      removeEventListener("message", listen);
      frame.remove();
      settle(outcome);
    };
    const listen = (event) => {
      if (event.source !== frame.contentWindow || event.origin !== url.origin) return;
      let message = null;
      try {
        message = JSON.parse(event.data);
      } catch {
        return;
      }
      const { name, payload } = message?.type === "ww-iframe-handle:call" ? message.args ?? {} : {};
      if (name === "onLoginSuccess" && payload?.code) end(resolve, payload.code);
      if (name === "onLoginFail") end(reject, new ElementError(403, { errcode: 20108, errmsg: payload?.errMsg || "declined" }));
    };
    addEventListener("message", listen);
    signal?.addEventListener("abort", () => end(reject, signal.reason), { once: true });
    frame.addEventListener("load", () => {
      frame.contentWindow?.postMessage(JSON.stringify({ type: "ww-iframe-handle:init" }), url.origin);
    });
    place.replaceChildren(frame);
  });
}
