"use strict";

/* The one thing a page does on arrival: an error summary takes the focus, so that it is read first. */
document.addEventListener("DOMContentLoaded", function () {
  var summary = document.getElementById("error-summary");
  if (summary) {
    summary.focus();
  }
});
