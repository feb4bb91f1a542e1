// The question in the address, so that it can be sent to somebody: #query=…&endpoint=…

/** What an address asks: the query, and the endpoint that is meant (both empty where nothing is said). */
export function fromAddress(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  return { query: found.get("query") ?? "", endpoint: found.get("endpoint") ?? "" };
}

/** The fragment for a query and an endpoint. */
export function toAddress({ query, endpoint }) {
  const parts = [["query", query], ["endpoint", endpoint]].filter(([, value]) => value); // prettier-ignore
  return parts.length ? `#${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}` : "";
}
