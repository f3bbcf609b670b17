// Opens a SMART Health Link in the browser. The link stands behind the # of the
// address: it is never sent. The server gives sealed files; they are opened here.
(function () {
  "use strict";
  var at = function (id) { return document.getElementById(id); };
  var words = at("link-words").dataset;
  var form = at("link-form");
  var say = function (text) { at("link-status").textContent = text; };

  var bytes = function (b64) {
    var s = atob(b64.replace(/-/g, "+").replace(/_/g, "/"));
    var out = new Uint8Array(s.length);
    for (var i = 0; i < s.length; i++) { out[i] = s.charCodeAt(i); }
    return out;
  };
  var text = function (b) { return new TextDecoder().decode(b); };

  // read gives what a link says of itself, or null.
  var read = function (hash) {
    var m = /shlink:\/([A-Za-z0-9_-]+)/.exec(decodeURIComponent(hash));
    if (!m) { return null; }
    try {
      var j = JSON.parse(text(bytes(m[1])));
      if (typeof j.url !== "string" || typeof j.key !== "string" || (j.v !== undefined && j.v !== 1)) { return null; }
      j.flag = typeof j.flag === "string" ? j.flag : "";
      return j;
    } catch (e) { return null; }
  };

  // unlock opens one file: a compact JWE, "dir" with A256GCM, packed or not.
  var unlock = async function (jwe, key) {
    var p = jwe.trim().split(".");
    var head = JSON.parse(text(bytes(p[0])));
    if (p.length !== 5 || p[1] !== "" || head.alg !== "dir" || head.enc !== "A256GCM") { throw new Error("form"); }
    var body = bytes(p[3]), tag = bytes(p[4]), sealed = new Uint8Array(body.length + tag.length);
    sealed.set(body); sealed.set(tag, body.length);
    var k = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["decrypt"]);
    var plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(p[2]), additionalData: new TextEncoder().encode(p[0]), tagLength: 128 }, k, sealed);
    if (head.zip === "DEF") {
      var stream = new Blob([plain]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      plain = await new Response(stream).arrayBuffer();
    }
    return { type: head.cty || "", body: plain };
  };

  var offer = function (file, n) {
    var kind = file.type === "application/zip" ? ["zip", "health-records.zip"] : /fhir/.test(file.type) ? ["fhir", "health-summary.json"] : ["other", "file-" + (n + 1)];
    var a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([file.body], { type: "application/octet-stream" }));
    a.download = kind[1];
    a.textContent = words[kind[0]];
    var li = document.createElement("li");
    li.appendChild(a);
    at("link-list").appendChild(li);
  };

  var link = read(location.hash);
  if (!link) { say(words.nothing); return; }
  if (!window.crypto || !crypto.subtle) { say(words.secure); return; }
  if (link.exp && link.exp * 1000 < Date.now()) { say(words.expired); return; }
  form.hidden = false;
  at("link-label").textContent = link.label || "";
  if (link.flag.indexOf("P") >= 0) {
    at("link-passcode-field").hidden = false;
    at("link-passcode").required = true;
  }

  form.addEventListener("submit", async function (e) {
    e.preventDefault();
    say(words.working);
    at("link-list").textContent = "";
    try {
      var who = at("link-recipient").value, jwes = [], r;
      if (link.flag.indexOf("U") >= 0) {
        r = await fetch(link.url + "?recipient=" + encodeURIComponent(who), { credentials: "omit" });
        if (r.ok) { jwes.push({ contentType: "application/fhir+json", embedded: await r.text() }); }
      } else {
        r = await fetch(link.url, { method: "POST", credentials: "omit", headers: { "content-type": "application/json" },
          body: JSON.stringify({ recipient: who, passcode: at("link-passcode").value || undefined, embeddedLengthMax: 1000000 }) });
        if (r.ok) { jwes = (await r.json()).files; }
      }
      if (r.status === 401) {
        var left = (await r.json()).remainingAttempts;
        say(words.wrong + " " + words.left.replace("[n]", left));
        return;
      }
      if (r.status === 429) { say(words.busy); return; }
      if (!r.ok) { say(words.gone); return; }
      for (var n = 0; n < jwes.length; n++) {
        var jwe = jwes[n].embedded || await (await fetch(jwes[n].location, { credentials: "omit" })).text();
        var file = await unlock(jwe, link.key);
        file.type = jwes[n].contentType || file.type;
        offer(file, n);
      }
      at("link-files").hidden = false;
      say(words.done);
    } catch (err) { say(words.failed); }
  });
})();
