import { mkdtempSync, writeFileSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"

/** One request as the server saw it, and how to answer it. */
export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly method: string
  readonly reply: ServerResponse
}

/** An API server that answers by a script, on the loopback, and a kubeconfig that leads to it. */
export const scriptedServer = (answer: (asked: Asked, count: number) => void) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{
          readonly kubeconfig: string
          readonly asked: ReadonlyArray<string>
          readonly close: () => void
        }>((resolve) => {
          const asked: Array<string> = []
          const server = createServer((request, reply) => {
            const url = new URL(request.url ?? "/", "http://server")
            asked.push(`${request.method} ${url.pathname}${url.search}`)
            answer(
              { path: url.pathname, query: url.searchParams, method: request.method ?? "GET", reply },
              asked.length
            )
          })
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address !== null ? address.port : 0
            const kubeconfig = join(mkdtempSync(join(tmpdir(), "orrery-k8s-")), "config")
            writeFileSync(kubeconfig, kubeconfigText(`http://127.0.0.1:${port}`))
            resolve({
              kubeconfig,
              asked,
              close: () => {
                server.closeAllConnections()
                server.close()
              }
            })
          })
        })
    ),
    ({ close }) => Effect.sync(close)
  )

/** A kubeconfig of one context, `there`. */
export const kubeconfigText = (server: string): string => `apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "${server}"}}]
users: [{name: me, user: {token: abc}}]
contexts: [{name: there, context: {cluster: here, user: me}}]
current-context: there
`

/** Answers with one document. */
export const sayJson = (reply: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}) => {
  reply.writeHead(status, { "content-type": "application/json", ...headers })
  reply.end(JSON.stringify(body))
}

/** Begins a watch and says these events; it stays open. */
export const sayEvents = (reply: ServerResponse, ...events: ReadonlyArray<object>) => {
  if (!reply.headersSent) reply.writeHead(200, { "content-type": "application/json" })
  for (const event of events) reply.write(`${JSON.stringify(event)}\n`)
}
