// A worker that holds Python, the engine and the knowledge base.  All that it needs is loaded
// at once; afterwards it asks nothing of any server.
const engine = new URL("../engine/", import.meta.url);
const pyodide = new URL("pyodide/", engine);
const MAGIC = 0x1f8b;
let loaded = 0;

const fetched = async (address) => {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${new URL(address).pathname.split("/").at(-1)} is not there (${reply.status})`);
  const bytes = await reply.arrayBuffer();
  loaded += bytes.byteLength;
  postMessage({ kind: "loaded", bytes: loaded });
  return bytes;
};
// A server may unpack a file on its way: what arrives tells.
const unpacked = async (address, type) => {
  const bytes = await fetched(address);
  const isPacked = new DataView(bytes).getUint16(0) === MAGIC;
  const stream = new Blob([bytes]).stream();
  return new Response(isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream, { headers: { "Content-Type": type } });
};

const started = async () => {
  const wasm = unpacked(new URL("pyodide.asm.wasm.gz", pyodide), "application/wasm");
  const glue = unpacked(new URL("pyodide.asm.mjs.gz", pyodide), "text/javascript");
  const lock = unpacked(new URL("pyodide-lock.json.gz", pyodide), "application/json");
  const library = fetched(new URL("python_stdlib.zip", pyodide));
  const code = fetched(new URL("code.zip", engine));
  const base = unpacked(new URL("kb.db.gz", engine), "application/octet-stream").then((reply) => reply.arrayBuffer());
  // Pyodide fetches these two by itself: it gets what is here already.
  const own = globalThis.fetch;
  globalThis.fetch = async (address, ...more) => {
    if (String(address).endsWith("/pyodide.asm.wasm")) return wasm;
    if (String(address).endsWith("/python_stdlib.zip")) return new Response(await library);
    return own(address, ...more);
  };
  const { loadPyodide } = await import(new URL("pyodide.mjs", pyodide));
  const script = URL.createObjectURL(await (await glue).blob());
  const { default: createPyodideModule } = await import(script);
  URL.revokeObjectURL(script);
  const python = await loadPyodide({
    indexURL: pyodide.href,
    lockFileContents: await (await lock).json(),
    createPyodideModule,
  });
  python.unpackArchive(await code, "zip", { extractDir: "/guide" });
  python.FS.writeFile("/guide/kb.db", new Uint8Array(await base));
  const held = python.runPython(`
import sys
sys.path.insert(0, "/guide")
from kb.guide.in_page import open_desk
open_desk("/guide/kb.db", "/guide/templates")
`);
  return { held, toPython: python.toPy };
};

const desk = started();
desk.then(
  () => postMessage({ kind: "ready" }),
  (error) => postMessage({ kind: "failed", why: String(error.message).trim().split("\n").at(-1) }),
);

const answered = ({ held, toPython }, { kind, fields, file, name }) => {
  const content = file && toPython(new Uint8Array(file));
  if (kind === "findings") return held.findings(content, name);
  return file ? held.page(toPython({}), content) : held.page(toPython(fields));
};

onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, answer: answered(await desk, data) });
  } catch {
    // What went wrong may hold words of the claim: they stay here.
    postMessage({ id: data.id });
  }
};
