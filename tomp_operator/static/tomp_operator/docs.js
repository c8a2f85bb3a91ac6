"use strict";

// The links in the page become the choice of documents; without scripts they stay links.
const page = document.getElementById("swagger-ui");
const urls = [...page.querySelectorAll("a")].map((link) => ({
  url: link.getAttribute("href"),
  name: link.textContent,
}));

SwaggerUIBundle({
  urls,
  domNode: page,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [() => ({ components: { Logo: () => document.title } })], // theirs writes a style into the page
  layout: "StandaloneLayout",
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null, // would send the document to another host
});
