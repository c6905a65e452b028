// The words of the search, read in this browser: payers, procedures, codes, states and topics
// by the same lists as the site's own reader, the rest by full text.  Nothing is sent.
"use strict";
const words = (() => {
  const root = new URL("../", document.currentScript.src).href;
  const KEEPS_ITS_S = /(ss|us|is)$/;
  const atoms = (text) => text.toLowerCase().replace(/['’]/g, "").match(/[a-z0-9]+/g) || [];
  const singular = (word) => {
    if (word.length < 4 || !word.endsWith("s") || KEEPS_ITS_S.test(word) || /^[0-9]+s$/.test(word)) return word;
    return word.endsWith("ies") ? word.slice(0, -3) + "y" : word.slice(0, -1);
  };
  const MAGIC = 0x1f8b;

  // A server may unpack a file on its way, as it says or not: what arrives tells.
  const unpacked = async (name) => {
    const reply = await fetch(root + name);
    if (!reply.ok) throw new Error(String(reply.status));
    const bytes = await reply.arrayBuffer();
    const isPacked = bytes.byteLength > 2 && new DataView(bytes).getUint16(0) === MAGIC;
    const stream = new Blob([bytes]).stream();
    return new Response(isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream);
  };
  const json = async (name) => (await unpacked(name)).json();
  let read = null;
  const index = () => (read = read || json("data/search.json.gz").then(prepared));

  const prepared = (known) => {
    known.unsaid = new Set(known.unsaid);
    known.words = new Set([...Object.keys(known.phrases), ...Object.values(known.payers)].flatMap(atoms).filter((word) => /[a-z]/.test(word)));
    known.byWord = new Map();
    known.entries.forEach(([kind, title, subtitle, , body], at) => {
      const strong = new Set(atoms(`${title} ${subtitle}`).map(singular));
      const put = (word, weight) => {
        if (!known.byWord.has(word)) known.byWord.set(word, []);
        known.byWord.get(word).push([at, weight]);
      };
      for (const word of strong) put(word, 3);
      for (const word of body.split(" ")) if (word && !strong.has(word)) put(word, 1);
    });
    return known;
  };

  const plainName = (some, known) =>
    some.map((word) => known.written_out[word] || word).filter((word) => !known.unsaid.has(word)).join("");

  const codeOf = (typed, known) => {
    const upper = typed.toUpperCase().replace(/-(RT|LT|50|59|25|KX|TC|26)$/, "");
    const forms = [upper, `${upper.slice(0, 3)}.${upper.slice(3)}`];
    return forms.find((form) => known.codes[form]) || "";
  };

  // Letters to add, drop, change or swap with their neighbour; more than `most` is `most + 1`.
  const distance = (one, other, most) => {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let above = [], before = [], row = [...other, ""].map((_, at) => at);
    for (let i = 1; i <= one.length; i++) {
      [above, before, row] = [before, row, [i]];
      for (let j = 1; j <= other.length; j++) {
        const changed = before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
        let least = Math.min(before[j] + 1, row[j - 1] + 1, changed);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) least = Math.min(least, above[j - 2] + 1);
        row.push(least);
      }
      if (Math.min(...row) > most) return most + 1;
    }
    return row.at(-1);
  };

  // The only word of the lists that a mistyped one is near to, or nothing; as in kb.asking.reader.
  const SHORTEST_TYPO = 4, TWO_TYPOS = 8, SHORTEST_SMALL_WORD = 6;
  const nearest = (word, known) => {
    if (known.byWord.has(singular(word)) || known.words.has(word) || known.words.has(singular(word))) return "";
    const most = word.length >= TWO_TYPOS ? 2 : 1;
    const near = [...known.words].filter((each) => each.length >= SHORTEST_TYPO).map((each) => [distance(word, each, most), each]).filter(([far]) => far <= most);
    const best = Math.min(...near.map(([far]) => far));
    const same = near.filter(([far]) => far === best).map(([, each]) => each).sort();
    const begun = same.filter((each) => each[0] === word[0]);
    const alike = begun.length ? begun : same;
    const meant = new Set(alike.map((each) => JSON.stringify(known.phrases[each] || each)));
    return meant.size === 1 ? alike[0] : "";
  };

  // The text with its typos mended, and what was taken for what; words that say nothing are not told.
  const mended = (text, known) => {
    const corrected = [];
    let plain = text;
    for (const word of new Set(understood(text, known).rest)) {
      if (word.length < SHORTEST_TYPO || /^[0-9]+$/.test(word)) continue;
      const near = nearest(word, known);
      const isSkipped = near && (known.phrases[near] || [])[0] === "skip";
      if (!near || (isSkipped && word.length < SHORTEST_SMALL_WORD)) continue;
      plain = plain.replace(new RegExp(`\\b${word}\\b`, "gi"), near);
      if (!isSkipped) corrected.push({ typed: word, takenFor: near });
    }
    return { text: plain, corrected };
  };

  // What the words name, the longest phrases first; what is left over goes to full text.
  const understood = (text, known) => {
    const found = { payers: [], subjects: [], diagnoses: [], states: [], topics: [], documents: [], rest: [] };
    const loose = [];
    for (const token of text.split(/[\s,;?!()]+/).filter(Boolean)) {
      const code = codeOf(token, known);
      const document_ = Object.keys(known.sources).find((key) => key.toLowerCase() === token.toLowerCase());
      if (code && known.codes[code][0] === "diagnosis") found.diagnoses.push(code);
      else if (code) found.subjects.push(code);
      else if (document_) found.documents.push(document_);
      else for (const word of atoms(token)) loose.push({ word, typed: token, taken: false });
    }
    for (let size = Math.min(loose.length, 9); size > 0; size--)
      for (let first = 0; first + size <= loose.length; first++) {
        const window_ = loose.slice(first, first + size);
        if (window_.some((each) => each.taken)) continue;
        if (!take(window_.map((each) => each.word), window_[0].typed, known, found)) continue;
        for (const each of window_) each.taken = true;
      }
    found.rest = loose.filter((each) => !each.taken).map((each) => each.word);
    return found;
  };

  const WORDS_TOO = /^(al|as|co|ct|de|gu|hi|id|in|la|ma|md|me|mp|ms|mt|ok|or|pa|pr|vi)$/;
  const take = (some, typed, known, found) => {
    const letters = some.length === 1 && some[0].length === 2 ? some[0] : "";
    if (letters && (!WORDS_TOO.test(letters) || typed === typed.toUpperCase())) {
      const states = Object.values(known.phrases).filter(([kind]) => kind === "state").map(([, key]) => key);
      if (states.includes(letters.toUpperCase())) return found.states.push(letters.toUpperCase());
    }
    const meaning = known.phrases[some.map(singular).join(" ")];
    const name = known.unsaid.has(some[0]) || known.unsaid.has(some.at(-1)) ? "" : plainName(some, known);
    const named = known.payer_names[name];
    if (meaning && meaning[0] !== "skip") return kept(meaning, known, found);
    if (named) return found.payers.push(named[0]);
    return Boolean(meaning);
  };

  const kept = ([kind, ...targets], known, found) => {
    if (kind === "payer" || kind === "brand") found.payers.push(targets[0]);
    else if (kind === "contractor") found.payers.push((known.contractors[targets[0]] || targets)[0]);
    else if (kind === "family") found.subjects.push(targets[0]);
    else if (kind === "codes") found.subjects.push(known.codes[targets[0]] ? targets[0] : targets[0]);
    else if (kind === "state") found.states.push(targets[0]);
    else if (kind === "topic") found.topics.push(...targets);
    return true;
  };

  const title = (subject, known) => known.families[subject] || `${subject} ${(known.codes[subject] || ["", ""])[1]}`.trim();
  const pageOfSubject = (subject, known) =>
    known.families[subject] ? `compare/${subject}.html` : `code/${encodeURIComponent(subject)}.html`;
  const pageOfDiagnosis = (code) => `read.html?diagnosis/${code.slice(0, 3)}/${code}`;

  const answerKey = (payer, subject, state) => `answer/${payer}/${state ? `${state}/` : ""}${subject}`;

  // The pages that a question opens, the best first.
  const opened = (found, known) => {
    const state = found.states[0] || "";
    const aspect = (known.topics[found.topics[0]] || [])[0];
    const anchor = aspect ? `#about-${aspect}` : "";
    const pages = [];
    for (const payer of found.payers)
      for (const subject of found.subjects)
        pages.push({ kind: "answer", title: `${known.payers[payer]}: ${title(subject, known)}`, place: `read.html?${answerKey(payer, subject, "")}${anchor}`, payer, subject, state, aspect });
    for (const code of found.diagnoses) pages.push({ kind: "diagnosis", title: title(code, known), place: pageOfDiagnosis(code) });
    for (const document_ of found.documents) pages.push({ kind: "source", title: `${document_} ${known.sources[document_]}`, place: `read.html?source/${encodeURIComponent(document_)}` });
    for (const subject of found.subjects) pages.push({ kind: "procedure", title: `${title(subject, known)}, all payers`, place: pageOfSubject(subject, known) });
    for (const payer of found.payers) pages.push({ kind: "payer", title: known.payers[payer], place: `payer/${payer}.html` });
    if (found.topics.includes("changed")) pages.unshift({ kind: "changes", title: "What changes", place: "changes.html" });
    return pages;
  };

  const fullText = (text, known, most) => {
    const asked = [...new Set(atoms(text).map(singular))];
    const scores = new Map();
    for (const word of asked) {
      const hits = known.byWord.get(word) || [];
      const rare = Math.log(1 + known.entries.length / (1 + hits.length));
      for (const [at, weight] of hits) {
        const kept_ = scores.get(at) || { score: 0, words: new Set() };
        kept_.score += weight * rare;
        kept_.words.add(word);
        scores.set(at, kept_);
      }
    }
    const best = [...scores].sort(([a, x], [b, y]) => y.words.size - x.words.size || y.score - x.score || a - b);
    return best.slice(0, most).map(([at, { words: held }]) => {
      const [kind, title_, subtitle, place] = known.entries[at];
      return { kind, title: title_, subtitle, place, without: asked.filter((word) => !held.has(word) && known.byWord.has(word)) };
    });
  };

  // What a half typed question may become: the page it opens, then its last words completed.
  const suggested = (text, known) => {
    const typed = text.trim().split(/\s+/);
    const completed = [];
    for (let size = Math.min(3, typed.length); size > 0 && completed.length < 8; size--) {
      const begun = typed.slice(-size).join(" ").toLowerCase();
      if (begun.length < 2) continue;
      const before = typed.slice(0, -size).join(" ");
      for (const [term, kind] of known.terms) {
        const low = term.toLowerCase();
        if (low.startsWith(begun) && low !== begun) completed.push({ text: `${before} ${term}`.trim(), kind, place: "" });
        if (completed.length >= 8) break;
      }
    }
    let found = understood(text, known);
    if (found.rest.length && completed.length) found = understood(completed[0].text, known);
    const page = opened(found, known)[0];
    const all = page ? [{ text: page.title, kind: page.kind, place: page.place }, ...completed] : completed;
    const seen = new Set();
    return all.filter(({ text: each }) => !seen.has(each.toLowerCase()) && seen.add(each.toLowerCase())).slice(0, 8);
  };

  return { root, json, index, mended, understood, opened, fullText, suggested, answerKey, codeOf, pageOfSubject, pageOfDiagnosis };
})();
