"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = function activate() {
  const command = workspace.getConfiguration("payerkb").get("command", "payerkb");
  client = new LanguageClient(
    "payerkb",
    "payerkb",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ scheme: "file", language: "payerkb-policy" }],
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{policy,scenarios}") },
    },
  );
  return client.start();
};

exports.deactivate = function deactivate() {
  return client ? client.stop() : undefined;
};
