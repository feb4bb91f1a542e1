// Asks an endpoint with one of other people's clients, as their documentation shows it.
//
//     node ask.mjs CLIENT < {"endpoint": …, "store": …, "asked": [{"form": "select", "query": …, …}, …]}
//
// Prints what was answered, one entry for each thing asked: rows as {name: term} with terms as in N-Triples, triples as
// sorted lines of N-Triples, true or false, or {"failed": message}.

import { readFileSync } from "node:fs";

const term = (found) => {
  if (found.termType === "NamedNode") return `<${found.value}>`;
  if (found.termType === "BlankNode") return `_:${found.value}`;
  const text = JSON.stringify(found.value);
  if (found.language) return `${text}@${found.language}`;
  const type = found.datatype.value;
  return type === "http://www.w3.org/2001/XMLSchema#string" ? text : `${text}^^<${type}>`;
};
const line = (quad) => `${term(quad.subject)} ${term(quad.predicate)} ${term(quad.object)} .`;
const rows = (found) => found.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, term(value)])));
const lines = (found) => [...found].map(line).sort();
const all = async (stream) => {
  const found = [];
  for await (const each of stream) found.push(each);
  return found;
};

const clients = {
  async comunica({ endpoint }) {
    const { QueryEngine } = await import("@comunica/query-sparql");
    const engine = new QueryEngine();
    return async ({ form, query, source, ...context }) => {
      // without a type, the engine finds out what a source is
      const sources = source ? [source] : [{ type: "sparql", value: endpoint }];
      const given = { sources, ...context };
      if (form === "ask") return engine.queryBoolean(query, given);
      if (form !== "select") return lines(await (await engine.queryQuads(query, given)).toArray());
      const found = await (await engine.queryBindings(query, given)).toArray();
      return rows(found.map((row) => Object.fromEntries([...row].map(([name, value]) => [name.value, value]))));
    };
  },

  async "fetch-sparql-endpoint"({ endpoint }) {
    const { SparqlEndpointFetcher } = await import("fetch-sparql-endpoint");
    return async ({ form, query, ...options }) => {
      const fetcher = new SparqlEndpointFetcher(options);
      if (form === "ask") return fetcher.fetchAsk(endpoint, query);
      if (form === "update") return fetcher.fetchUpdate(endpoint, query);
      if (form !== "select") return lines(await all(await fetcher.fetchTriples(endpoint, query)));
      return rows(await all(await fetcher.fetchBindings(endpoint, query)));
    };
  },

  async "sparql-http-client"({ endpoint, store }) {
    const module = (name) => import(`sparql-http-client/${name}.js`).then((found) => found.default);
    const [Stream, Parsing, Simple] = await Promise.all(["StreamClient", "ParsingClient", "SimpleClient"].map(module));
    return async ({ form, query, how, graph, ...options }) => {
      const urls = { endpointUrl: endpoint, storeUrl: store };
      if (form === "graph") return lines(await all(new Stream(urls).store.get({ termType: "NamedNode", value: graph })));
      if (how === "simple") {
        const answer = await new Simple(urls).query[form](query, options);
        return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
      }
      const found = await new (how === "stream" ? Stream : Parsing)(urls).query[form](query, options);
      if (form === "ask") return found;
      const list = how === "stream" ? await all(found) : [...found];
      return form === "select" ? rows(list) : lines(list);
    };
  },
};

const given = JSON.parse(readFileSync(0, "utf-8"));
const client = await clients[process.argv[2]](given);
const answers = [];
for (const each of given.asked) {
  try {
    answers.push((await client(each)) ?? null);
  } catch (error) {
    answers.push({ failed: String(error.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
