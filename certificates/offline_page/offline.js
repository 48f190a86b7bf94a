"use strict";

/* Checks the printed QR code of a certificate without any server: base32, CBOR, COSE_Sign1 (ES256) against the issuer's
   published keys in keys.js. The same rules as certificates/printed.py; every text stands in the page, hidden until shown. */
(function () {
  const LONGEST = 4096;
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const SIGN1 = 18;
  const CLAIMS = { 1: "number", 2: "version", 3: "holder", 4: "programme", 5: "valid_from", 6: "valid_until", 7: "digest", 8: "specimen" };
  const DAY = 86400000;
  const SHANGHAI = 8 * 3600000;

  class Refused extends Error {
    constructor(rule) {
      super(rule);
      this.rule = rule;
    }
  }

  /* --- base32 (RFC 4648) without padding; only the one shortest writing is taken --- */
  function fromBase32(letters) {
    const bytes = [];
    let held = 0;
    let bits = 0;
    for (const letter of letters) {
      const value = ALPHABET.indexOf(letter);
      if (value < 0) {
        throw new Refused("statement_unreadable");
      }
      held = (held << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.push((held >> bits) & 255);
        held &= (1 << bits) - 1;
      }
    }
    if (bits >= 5 || held !== 0) {
      throw new Refused("statement_unreadable");
    }
    return new Uint8Array(bytes);
  }

  /* --- the part of CBOR (RFC 8949) that a statement uses: definite lengths in their shortest form --- */
  class Tagged {
    constructor(tag, value) {
      this.tag = tag;
      this.value = value;
    }
  }

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }

    take(count) {
      if (this.at + count > this.bytes.length) {
        throw new Refused("statement_unreadable");
      }
      this.at += count;
      return this.bytes.slice(this.at - count, this.at);
    }

    argument(short) {
      if (short < 24) {
        return short;
      }
      const size = { 24: 1, 25: 2, 26: 4 }[short];
      if (!size) {
        throw new Refused("statement_unreadable");
      }
      const value = this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
      if (value < { 1: 24, 2: 256, 4: 65536 }[size]) {
        throw new Refused("statement_unreadable");
      }
      return value;
    }

    value(depth) {
      const first = this.take(1)[0];
      const kind = first >> 5;
      if (depth > 4) {
        throw new Refused("statement_unreadable");
      }
      if (kind === 7) {
        return this.simple(first & 31);
      }
      const number = this.argument(first & 31);
      switch (kind) {
        case 0:
          return number;
        case 1:
          return -1 - number;
        case 2:
          return this.take(number);
        case 3:
          return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(number));
        case 4:
          return Array.from({ length: number }, () => this.value(depth + 1));
        case 5:
          return this.map(number, depth);
        default:
          return new Tagged(number, this.value(depth + 1));
      }
    }

    simple(number) {
      if (number !== 20 && number !== 21) {
        throw new Refused("statement_unreadable");
      }
      return number === 21;
    }

    map(count, depth) {
      const found = new Map();
      for (let entry = 0; entry < count; entry += 1) {
        const key = this.value(depth + 1);
        if (typeof key !== "number" || found.has(key)) {
          throw new Refused("statement_unreadable");
        }
        found.set(key, this.value(depth + 1));
      }
      return found;
    }
  }

  function decoded(bytes) {
    const reader = new Reader(bytes);
    let value;
    try {
      value = reader.value(0);
    } catch {
      throw new Refused("statement_unreadable");
    }
    if (reader.at !== bytes.length) {
      throw new Refused("statement_unreadable");
    }
    return value;
  }

  /* --- COSE_Sign1 (RFC 9052) --- */
  function head(kind, length) {
    if (length < 24) {
      return [(kind << 5) | length];
    }
    return length < 256 ? [(kind << 5) | 24, length] : [(kind << 5) | 25, length >> 8, length & 255];
  }

  function bytesOf(text) {
    return new TextEncoder().encode(text);
  }

  function toBeSigned(protectedHeader, external, payload) {
    const context = bytesOf("Signature1");
    const parts = [head(4, 4), head(3, context.length), context];
    for (const part of [protectedHeader, external, payload]) {
      parts.push(head(2, part.length), part);
    }
    return new Uint8Array(parts.flatMap((part) => Array.from(part)));
  }

  function hexadecimal(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function parsed(message) {
    const whole = decoded(message);
    const parts = whole instanceof Tagged && whole.tag === SIGN1 ? whole.value : null;
    if (!Array.isArray(parts) || parts.length !== 4) {
      throw new Refused("statement_unreadable");
    }
    const [protectedHeader, unprotected, payload, signature] = parts;
    const areBytes = [protectedHeader, payload, signature].every((part) => part instanceof Uint8Array);
    if (!areBytes || !(unprotected instanceof Map) || unprotected.size !== 0) {
      throw new Refused("statement_unreadable");
    }
    const header = decoded(protectedHeader);
    if (!(header instanceof Map)) {
      throw new Refused("statement_unreadable");
    }
    return { protectedHeader, header, payload, signature };
  }

  async function checkSignature(message, keys, address) {
    const named = message.header.get(4);
    const id = named instanceof Uint8Array ? hexadecimal(named) : "";
    const jwk = keys.find((key) => key.kid === id);
    if (!jwk) {
      throw new Refused("unknown_key");
    }
    const kind = { name: "ECDSA", namedCurve: "P-256" };
    const plain = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
    const key = await crypto.subtle.importKey("jwk", plain, kind, false, ["verify"]);
    const content = toBeSigned(message.protectedHeader, bytesOf(address), message.payload);
    const isES256 = message.header.get(1) === -7 && message.signature.length === 64;
    const fits = isES256 && (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, message.signature, content));
    if (!fits) {
      throw new Refused("code_altered");
    }
  }

  /* --- the statement --- */
  const KINDS = {
    1: (value) => typeof value === "string",
    2: (value) => Number.isInteger(value),
    3: (value) => typeof value === "string",
    4: (value) => typeof value === "string",
    5: (value) => Number.isInteger(value) && value >= 0 && value <= 200000,
    6: (value) => Number.isInteger(value) && value >= 0 && value <= 200000,
    7: (value) => value instanceof Uint8Array,
    8: (value) => typeof value === "boolean",
  };

  function statementOf(claims) {
    if (!(claims instanceof Map) || ![1, 2, 3, 4, 5, 6, 7].every((key) => claims.has(key))) {
      throw new Refused("statement_unreadable");
    }
    const said = {};
    for (const [key, value] of claims) {
      if (!(key in KINDS) || !KINDS[key](value)) {
        throw new Refused("statement_unreadable");
      }
      said[CLAIMS[key]] = value;
    }
    return said;
  }

  function split(text) {
    const capital = text.trim().toUpperCase();
    if (text.length > LONGEST || !/^HTTPS?:\/\/[\x21-\x7e]+$/.test(capital) || !capital.includes("/V/")) {
      throw new Refused("no_code");
    }
    const dot = capital.lastIndexOf(".");
    const address = capital.slice(0, dot);
    const letters = capital.slice(dot + 1);
    if (dot < 0 || letters.includes("/") || !address.includes("/V/")) {
      throw new Refused("no_statement");
    }
    return { address, message: fromBase32(letters) };
  }

  async function check(text, keys) {
    const { address, message } = split(text);
    const parts = parsed(message);
    const claims = decoded(parts.payload);
    await checkSignature(parts, keys, address);
    return { address, statement: statementOf(claims) };
  }

  /* --- the page --- */
  const byId = (id) => document.getElementById(id);
  let keys = [];

  function day(number) {
    return new Date(number * DAY).toISOString().slice(0, 10);
  }

  function outcomeOf(statement) {
    const today = Math.floor((Date.now() + SHANGHAI) / DAY);
    if (today > statement.valid_until) {
      return "valid_but_over";
    }
    return today < statement.valid_from ? "valid_but_early" : "valid";
  }

  function show(outcome, found) {
    for (const each of document.querySelectorAll("[data-outcome]")) {
      each.hidden = each.dataset.outcome !== outcome;
    }
    byId("statement").hidden = !found;
    byId("specimen").hidden = !(found && found.statement.specimen);
    if (found) {
      const said = found.statement;
      const values = { number: said.number, version: said.version, holder: said.holder, programme: said.programme,
        valid_from: day(said.valid_from), valid_until: day(said.valid_until), digest: hexadecimal(said.digest), address: found.address };
      for (const each of document.querySelectorAll("[data-value]")) {
        each.textContent = values[each.dataset.value];
      }
    }
    const result = byId("result");
    result.hidden = false;
    result.focus();
  }

  async function checkAndShow(text) {
    if (!window.isSecureContext || !crypto.subtle) {
      show("no_cryptography", null);
      return;
    }
    try {
      const found = await check(text, keys);
      show(outcomeOf(found.statement), found);
    } catch (fault) {
      show(fault instanceof Refused ? fault.rule : "statement_unreadable", null);
    }
  }

  function useKeys(set) {
    keys = Array.isArray(set && set.keys) ? set.keys : [];
    byId("key-ids").textContent = keys.map((key) => key.kid).join(", ");
    byId("no-keys").hidden = keys.length > 0;
  }

  async function readKeyFile(event) {
    const file = event.target.files[0];
    try {
      useKeys(JSON.parse(await file.text()));
    } catch {
      useKeys(null);
    }
  }

  /* --- reading an image or the camera, where the browser can --- */
  async function readImage(event) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    try {
      const [code] = await detector.detect(await createImageBitmap(event.target.files[0]));
      byId("content").value = code.rawValue;
      await checkAndShow(code.rawValue);
    } catch {
      show("no_image", null);
    }
  }

  async function scan() {
    const video = byId("video");
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      show("no_camera", null);
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const until = Date.now() + 60000;
    let code = null;
    while (!code && Date.now() < until) {
      [code] = await detector.detect(video);
      await new Promise((done) => setTimeout(done, 150));
    }
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
    if (!code) {
      show("no_image", null);
      return;
    }
    byId("content").value = code.rawValue;
    await checkAndShow(code.rawValue);
  }

  useKeys(window.issuerKeys);
  byId("form").hidden = false;
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    checkAndShow(byId("content").value);
  });
  byId("key-file").addEventListener("change", readKeyFile);
  if ("BarcodeDetector" in window) {
    byId("image-part").hidden = false;
    byId("image").addEventListener("change", readImage);
    byId("camera").hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
    byId("camera").addEventListener("click", scan);
  }
})();
