import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { connect } from "node:net"
import { assert, layer } from "@effect/vitest"
import { Console, Effect } from "effect"
import { Client } from "../src/Client.ts"
import type { K8sConfig } from "../src/index.ts"
import { address, asPod, kubeconfigOf, makeAccount, pki, removeAccount, write } from "./account.ts"
import { config, server } from "./server.ts"

const version = { operation: "test", kind: "version", name: "", path: "/version" }
const whoami = {
  operation: "test",
  kind: "review",
  name: "",
  method: "POST",
  path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
  body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }
} as const

/** A client of these words. */
const clientOf = (config: K8sConfig) => Effect.provide(Client, Client.layer(config))

/** Whom the real server takes us for. */
const nameOf = (client: Client["Service"]) =>
  Effect.map(
    client.request<{ readonly status: { readonly userInfo: { readonly username: string } } }>(whoami),
    ({ status }) => status.userInfo.username
  )

const nameBy = (kubeconfig: string) => Effect.flatMap(clientOf({ kubeconfig }), nameOf)
const refusal = (config: K8sConfig) =>
  Effect.flip(Effect.flatMap(clientOf(config), (client) => client.request<object>(version)))

/** A web server on the loopback that is no API server. */
const webServer = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<Server>((resolve) => {
        const it = createServer((_request, reply) => reply.writeHead(404).end("<html>nothing here</html>"))
        it.listen(0, "127.0.0.1", () => resolve(it))
      })
  ),
  (it) => Effect.sync(() => it.close())
)
const portOf = (it: Server): number => {
  const at = it.address()
  return typeof at === "object" && at !== null ? at.port : 0
}

/** A proxy that joins whoever asks to whom they name, and keeps whom that was. */
const connectProxy = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<{ readonly it: Server; readonly asked: Array<string> }>((resolve) => {
        const asked: Array<string> = []
        const it = createServer().on("connect", (request, socket) => {
          asked.push(request.url ?? "")
          const { hostname, port } = new URL(`http://${request.url}`)
          const onward = connect(Number(port), hostname, () => {
            socket.write("HTTP/1.1 200 joined\r\n\r\n")
            onward.pipe(socket)
            socket.pipe(onward)
          })
          onward.on("error", () => socket.destroy())
          socket.on("error", () => onward.destroy())
        })
        it.listen(0, "127.0.0.1", () => resolve({ it, asked }))
      })
  ),
  ({ it }) =>
    Effect.sync(() => {
      it.closeAllConnections()
      it.close()
    })
)

/** A credential plugin as they are in the wild: a program that prints a token. */
const plugin = (name: string, script: string): object => ({
  exec: {
    apiVersion: "client.authentication.k8s.io/v1",
    command: write(name, `#!/bin/sh\n${script}\n`, 0o700),
    interactiveMode: "Never"
  }
})
const printing = (tokenFile: string): string =>
  `echo "$KUBERNETES_EXEC_INFO" | grep -q ExecCredential || { echo no info >&2; exit 3; }
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat ${tokenFile})"`

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("a connection to a real API server", (it) => {
  it.effect("client certificates and authorities come from files or from the text itself [N1]", () =>
    Effect.gen(function* () {
      const cert = { "client-certificate": pki("kubelet-client.crt"), "client-key": pki("kubelet-client.key") }
      assert.strictEqual(yield* nameBy(write("files", kubeconfigOf(cert))), "apiserver-kubelet-client")
      const text = (file: string) => readFileSync(pki(file)).toString("base64")
      const inside = {
        "client-certificate-data": text("kubelet-client.crt"),
        "client-key-data": text("kubelet-client.key")
      }
      const authority = { "certificate-authority": undefined, "certificate-authority-data": text("ca.crt") }
      assert.strictEqual(yield* nameBy(write("data", kubeconfigOf(inside, authority))), "apiserver-kubelet-client")
      const gone = yield* refusal({ kubeconfig: write("gone", kubeconfigOf({ ...cert, "client-key": "/no/key" })) })
      assert.include(gone.message, "context there names /no/key, which is not there")
    })
  )

  it.effect("a certificate that nobody vouches for is refused by name, unless somebody asks, who is warned", () =>
    Effect.gen(function* () {
      const token = /token: "(\w+)"/.exec(readFileSync(config.kubeconfig, "utf8"))?.[1]
      const kubeconfig = write("unknown", kubeconfigOf({ token }, { "certificate-authority": undefined }))
      const error = yield* refusal({ kubeconfig })
      assert.strictEqual(error.retry, "never")
      assert.include(error.message, `(context there, server ${address})`)
      assert.include(error.remedy, "certificate-authority")
      const said: Array<string> = []
      const listening = { ...console, warn: (line: string) => void said.push(line) }
      yield* Effect.flatMap(clientOf({ kubeconfig, insecure: true }), nameOf).pipe(
        Effect.provideService(Console.Console, listening)
      )
      assert.lengthOf(said, 1)
      assert.include(said[0], `${address} of context there is trusted without proof`)
    })
  )

  it.effect("plain http, a web server, and TLS asked in plain are told apart, with context and address", () =>
    Effect.gen(function* () {
      const web = yield* webServer
      const to = (scheme: string, port: number | string) =>
        refusal({ kubeconfig: write("web", kubeconfigOf({}, { server: `${scheme}://127.0.0.1:${port}` })) })
      const noTls = yield* to("https", portOf(web))
      assert.include(noTls.message, `the server does not speak TLS (context there, server https://127.0.0.1:`)
      const noApi = yield* to("http", portOf(web))
      assert.include(noApi.message, "no API server answered, but something else: 404")
      const tls = yield* to("http", new URL(address).port)
      assert.include(tls.message, "the server speaks TLS and was asked in plain http")
      assert.include(tls.remedy, "https://")
      const far = write("far", kubeconfigOf({}, { server: "http://far.example.com" }))
      assert.include((yield* Effect.flip(clientOf({ kubeconfig: far }))).message, "plain http would show")
    })
  )

  it.effect("a plugin's token is used, and made anew when the server no longer takes it", () =>
    Effect.gen(function* () {
      const token = write("token", yield* makeAccount("plugged"))
      const kubeconfig = write("plugged", kubeconfigOf(plugin("plugin", printing(token))))
      const client = yield* clientOf({ kubeconfig })
      assert.strictEqual(yield* nameOf(client), "system:serviceaccount:default:plugged")
      // the same through a token file, which the SDK alone does not know
      const byFile = yield* clientOf({ kubeconfig: write("by-file", kubeconfigOf({ tokenFile: token })) })
      assert.strictEqual(yield* nameOf(byFile), "system:serviceaccount:default:plugged")
      write("token", yield* makeAccount("plugged-next"))
      yield* removeAccount("plugged")
      assert.strictEqual(yield* nameOf(client), "system:serviceaccount:default:plugged-next")
      assert.strictEqual(yield* nameOf(byFile), "system:serviceaccount:default:plugged-next")
    })
  )

  it.effect("a plugin that fails or is not there is named, with what it said", () =>
    Effect.gen(function* () {
      const failing = write("failing", kubeconfigOf(plugin("failing-plugin", "echo please log in >&2; exit 1")))
      const failed = yield* refusal({ kubeconfig: failing })
      assert.strictEqual(failed.reason._tag, "Unauthenticated")
      assert.match(failed.message, /failing-plugin failed: please log in \(context there/)
      const missing = { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-plugin" } }
      const absent = yield* refusal({ kubeconfig: write("missing", kubeconfigOf(missing)) })
      assert.match(absent.message, /plugin no-such-plugin failed: .*ENOENT/)
    })
  )

  it.effect("without credentials, or with wrong ones, nobody is let in, and the context is named", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(nameBy(write("wrong", kubeconfigOf({ token: "wrong" }))))
      assert.strictEqual(error.reason._tag, "Unauthenticated")
      assert.include(error.message, `(context there, server ${address})`)
    })
  )

  it.effect("a cluster behind a proxy is reached through it, and an absent proxy is told", () =>
    Effect.gen(function* () {
      const { asked, it: proxy } = yield* connectProxy
      const cert = { "client-certificate": pki("kubelet-client.crt"), "client-key": pki("kubelet-client.key") }
      const through = (port: number) =>
        write(`proxied-${port}`, kubeconfigOf(cert, { "proxy-url": `http://127.0.0.1:${port}` }))
      assert.strictEqual(yield* nameBy(through(portOf(proxy))), "apiserver-kubelet-client")
      assert.deepStrictEqual(asked, [new URL(address).host])
      const gone = yield* Effect.flip(nameBy(through(1)))
      assert.strictEqual(gone.reason._tag, "Unavailable")
      assert.include(gone.message, "context there")
    })
  )

  it.effect("in a pod its own account is used, and its namespace", () =>
    Effect.gen(function* () {
      const token = write("pod-token", yield* makeAccount("in-pod"))
      const files = { token, "ca.crt": pki("ca.crt"), namespace: write("pod-namespace", "default") }
      const said = asPod(
        files,
        `const { Effect } = await import("effect")
const { Client } = await import("./src/Client.ts")
const client = await Effect.runPromise(Effect.provide(Client, Client.layer({})))
const review = await Effect.runPromise(client.request(${JSON.stringify(whoami)}))
console.log(review.status.userInfo.username, client.namespace)`
      )
      assert.strictEqual(said.trim(), "system:serviceaccount:default:in-pod default")
    })
  )

  it.effect("namespaces: as a parameter, in the context, else default [K11]", () =>
    Effect.gen(function* () {
      const kubeconfig = write("spaced", kubeconfigOf({}, {}, { namespace: "team" }))
      assert.strictEqual((yield* clientOf({ kubeconfig })).namespace, "team")
      assert.strictEqual((yield* clientOf({ kubeconfig, namespace: "mine" })).namespace, "mine")
      const bare = write("bare", kubeconfigOf({}))
      assert.strictEqual((yield* clientOf({ kubeconfig: bare })).namespace, "default")
    })
  )
})
