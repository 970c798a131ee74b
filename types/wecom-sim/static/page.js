// The page that shows the simulator: what its other scripts share.
export const at = (id) => document.getElementById(id);
export const settings = JSON.parse(at('settings').textContent);
export const { texts } = settings;

// The text with its `{}`s filled in, in order.
export const fill = (text, ...values) => text.replace(/\{\}/g, () => values.shift());

// A clock that was moved far enough shows no date.
export const moment = (ms) => (ms <= 8.64e15 ? new Date(ms).toISOString() : String(ms));

// A text that is there already is left alone, so that it is not read out again.
export const write = (element, text) => {
  if (element.textContent !== String(text)) element.textContent = text;
};

// What people call an app.
export const name = ({ corpId, agentId }) => {
  const known = settings.apps.find((app) => app.corpId === corpId && app.agentId === agentId);
  return known?.title ?? `${corpId} ${agentId}`;
};

// A call of the control API; a refusal is thrown with its reason.
export const ask = async (method, path, body) => {
  const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...json });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
};
