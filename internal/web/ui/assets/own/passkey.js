// Signs in with a passkey, or adds one. The button is hidden where the browser has
// no passkeys; the passphrase form beside it always works.
//
//   POST <begin>   {}                     -> {"publicKey": {...}} as WebAuthn's JSON
//   POST <finish>  the credential's JSON  -> {"next": "/where/to/go"}
//
// Binary values are base64url texts both ways.

const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const post = async (url, body) => {
  const r = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  if (!r.ok) throw new Error(`answered ${r.status}`);
  const t = await r.text();
  return t ? JSON.parse(t) : {};
};

const ids = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

const create = async (o) => {
  const c = await navigator.credentials.create({
    publicKey: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: ids(o.excludeCredentials) },
  });
  return {
    ...common(c),
    response: {
      clientDataJSON: text(c.response.clientDataJSON),
      attestationObject: text(c.response.attestationObject),
      transports: c.response.getTransports?.() ?? [],
    },
  };
};

const get = async (o) => {
  const c = await navigator.credentials.get({
    publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: ids(o.allowCredentials) },
  });
  const r = c.response;
  return {
    ...common(c),
    response: {
      clientDataJSON: text(r.clientDataJSON),
      authenticatorData: text(r.authenticatorData),
      signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : null,
    },
  };
};

const common = (c) => ({
  id: c.id,
  rawId: text(c.rawId),
  type: c.type,
  authenticatorAttachment: c.authenticatorAttachment ?? undefined,
  clientExtensionResults: c.getClientExtensionResults(),
});

const start = (box) => {
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = box.dataset.sayWaiting;
    try {
      const { publicKey } = await post(box.dataset.begin, {});
      const credential = publicKey.user ? await create(publicKey) : await get(publicKey);
      const { next } = await post(box.dataset.finish, credential);
      const form = document.getElementById(box.dataset.form);
      if (form) form.submit();
      else location.assign(next || box.dataset.next || location.href);
    } catch (e) {
      const stopped = e instanceof DOMException && (e.name === "NotAllowedError" || e.name === "AbortError");
      said.textContent = stopped ? box.dataset.sayCancelled : box.dataset.sayFailed;
      button.disabled = false;
    }
  });
};

if (window.PublicKeyCredential) for (const box of document.querySelectorAll(".passkey")) start(box);
