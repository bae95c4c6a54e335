/** The environment's words on proxies, in either case. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>

const said = (env: ProxyVariables, name: string): string => env[name] ?? env[name.toLowerCase()] ?? ""

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || /^127\./.test(host)

const isExcepted = (host: string, port: string, exception: string): boolean => {
  const [name = "", only] = exception.split(":")
  if (only !== undefined && only !== port) return false
  const plain = name.replace(/^\*?\./, "")
  return exception === "*" || host === plain || host.endsWith(`.${plain}`)
}

/** The proxy through which the environment sends requests for a server; undefined where they go straight. As kubectl reads it. */
export const proxyFor = (server: string, env: ProxyVariables): string | undefined => {
  const { hostname, port, protocol } = new URL(server)
  const proxy = said(env, protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY")
  const exceptions = said(env, "NO_PROXY")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
  const straight = isLoopback(hostname) || exceptions.some((one) => isExcepted(hostname, port || "443", one))
  if (proxy === "" || straight) return undefined
  return proxy.includes("://") ? proxy : `http://${proxy}`
}
