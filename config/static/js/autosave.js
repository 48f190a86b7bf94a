"use strict";

/*
 * Saves each field of a form on change.
 *
 * <form data-autosave-url="…" data-autosave-version="3"> with components/autosave_status.html inside it; a hidden field
 * "draft_versions" is brought up to date before the form is sent.
 * Sends field, value, version; answers: 200 {saved_at, version}, 401 {login}, 409 {theirs, version}.
 * The text stays in the page whatever the answer; nothing is kept in the browser's storage.
 */
(function () {
  var IDLE_MS = 2000;
  var RETRY_MS = 15000;

  function csrfToken(form) {
    var found = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
    if (found) {
      return decodeURIComponent(found[1]);
    }
    var hidden = form.elements.namedItem("csrfmiddlewaretoken");
    return hidden ? hidden.value : "";
  }

  function isSaved(control) {
    var skipped = ["hidden", "file", "submit", "button", "password", "reset"];
    return Boolean(control.name) && skipped.indexOf(control.type) === -1 && control.tagName !== "FIELDSET";
  }

  /* The value of a field; several ticked boxes or chosen options are joined by line breaks. */
  function valueOf(form, name) {
    var values = [];
    Array.prototype.forEach.call(form.elements, function (control) {
      if (control.name !== name) {
        return;
      }
      if (control.type === "checkbox" || control.type === "radio") {
        if (control.checked) {
          values.push(control.value);
        }
      } else if (control.multiple) {
        Array.prototype.forEach.call(control.selectedOptions, function (option) {
          values.push(option.value);
        });
      } else {
        values.push(control.value);
      }
    });
    return values.join("\n");
  }

  function controlOf(form, name) {
    var found = form.elements.namedItem(name);
    return found && found.tagName ? found : found ? found[0] : null;
  }

  function put(form, name, value) {
    var parts = value.split("\n");
    Array.prototype.forEach.call(form.elements, function (control) {
      if (control.name !== name) {
        return;
      }
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = parts.indexOf(control.value) !== -1;
      } else if (control.multiple) {
        Array.prototype.forEach.call(control.options, function (option) {
          option.selected = parts.indexOf(option.value) !== -1;
        });
      } else {
        control.value = value;
      }
    });
  }

  function clock(text) {
    var at = text ? new Date(text) : new Date();
    if (isNaN(at.getTime())) {
      return text;
    }
    return [at.getHours(), at.getMinutes(), at.getSeconds()]
      .map(function (n) {
        return String(n).padStart(2, "0");
      })
      .join(":");
  }

  function Autosave(form) {
    this.form = form;
    this.url = form.getAttribute("data-autosave-url");
    this.version = form.getAttribute("data-autosave-version") || "0";
    this.status = form.querySelector("[data-autosave-status]");
    this.waiting = [];
    this.timers = {};
    this.busy = false;
    this.leaving = false;
  }

  Autosave.prototype.words = function (key) {
    return this.status.getAttribute("data-" + key) || "";
  };

  Autosave.prototype.show = function (state, text, link) {
    this.status.setAttribute("data-state", state);
    this.status.textContent = text;
    if (link) {
      var anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = this.words("login");
      this.status.appendChild(anchor);
    }
  };

  Autosave.prototype.note = function (name) {
    clearTimeout(this.timers[name]);
    if (this.form.querySelector('[data-autosave-conflict="' + CSS.escape(name) + '"]')) {
      return;
    }
    if (this.waiting.indexOf(name) === -1) {
      this.waiting.push(name);
    }
    this.next();
  };

  Autosave.prototype.next = function () {
    if (this.busy || this.waiting.length === 0) {
      return;
    }
    this.busy = true;
    var self = this;
    var name = this.waiting[0];
    var value = valueOf(this.form, name);
    this.show("saving", this.words("saving"));
    var body = new URLSearchParams({ field: name, value: value, version: this.version });
    fetch(this.url, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": csrfToken(this.form), Accept: "application/json", "X-Requested-With": "fetch" },
      body: body,
    })
      .then(function (answer) {
        return answer
          .json()
          .catch(function () {
            return {};
          })
          .then(function (told) {
            self.busy = false;
            self.take(answer.status, told, name, value);
          });
      })
      .catch(function () {
        self.busy = false;
        self.later("offline");
      });
  };

  Autosave.prototype.take = function (code, told, name, value) {
    if (code === 200 && told.version !== undefined) {
      this.version = String(told.version);
      this.waiting.shift();
      if (valueOf(this.form, name) !== value) {
        this.waiting.push(name);
      }
      this.show("saved", this.words("saved") + " " + clock(told.saved_at));
      this.next();
    } else if (code === 401) {
      this.show("unsaved", this.words("expired"), this.loginAddress(told.login, name));
    } else if (code === 409) {
      this.version = String(told.version);
      this.waiting.shift();
      this.conflict(name, String(told.theirs === undefined ? "" : told.theirs));
    } else {
      this.later("refused");
    }
  };

  /* Address of the log-in page that leads back to this page and this field. */
  Autosave.prototype.loginAddress = function (login, name) {
    if (!login) {
      return "";
    }
    var control = controlOf(this.form, name);
    var address = new URL(login, window.location.href);
    if (address.origin !== window.location.origin) {
      return "";
    }
    var back = window.location.pathname + window.location.search + (control && control.id ? "#" + control.id : "");
    address.searchParams.set("next", back);
    return address.pathname + address.search;
  };

  Autosave.prototype.later = function (key) {
    var self = this;
    this.show("unsaved", this.words(key));
    clearTimeout(this.retry);
    this.retry = setTimeout(function () {
      self.next();
    }, RETRY_MS);
  };

  /* Both texts stay on the page until the person chooses one. */
  Autosave.prototype.conflict = function (name, theirs) {
    var self = this;
    var control = controlOf(this.form, name);
    var box = document.createElement("div");
    var head = document.createElement("p");
    var text = document.createElement("p");
    box.className = "autosave-conflict";
    box.setAttribute("data-autosave-conflict", name);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", this.words("conflict"));
    head.textContent = this.words("theirs");
    text.className = "autosave-theirs";
    text.textContent = theirs;
    box.append(head, text, this.choice("keep-mine", function () {
      box.remove();
      self.note(name);
    }), " ", this.choice("take-theirs", function () {
      box.remove();
      put(self.form, name, theirs);
      self.note(name);
    }));
    (control.closest(".field") || control.parentNode).appendChild(box);
    this.show("unsaved", this.words("conflict"));
  };

  Autosave.prototype.choice = function (key, act) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary";
    button.textContent = this.words(key);
    button.addEventListener("click", act);
    return button;
  };

  Autosave.prototype.hasUnsaved = function () {
    return this.waiting.length > 0 || Boolean(this.form.querySelector("[data-autosave-conflict]"));
  };

  Autosave.prototype.listen = function () {
    var self = this;
    this.form.addEventListener("change", function (event) {
      if (isSaved(event.target)) {
        self.note(event.target.name);
      }
    });
    this.form.addEventListener("input", function (event) {
      var name = event.target.name;
      if (isSaved(event.target)) {
        clearTimeout(self.timers[name]);
        self.timers[name] = setTimeout(function () {
          self.note(name);
        }, IDLE_MS);
      }
    });
    this.form.addEventListener("submit", function () {
      self.leaving = true;
      var known = self.form.elements.namedItem("draft_versions");
      if (known) {
        known.value = self.version; // what this tab saved meanwhile is no other tab's text
      }
    });
    ["online", "focus"].forEach(function (kind) {
      window.addEventListener(kind, function () {
        self.next();
      });
    });
    window.addEventListener("beforeunload", function (event) {
      if (self.hasUnsaved() && !self.leaving) {
        event.preventDefault();
        event.returnValue = "";
      }
    });
  };

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-autosave-url]"), function (form) {
      var saver = new Autosave(form);
      if (saver.status) {
        saver.listen();
      }
    });
  });
})();
