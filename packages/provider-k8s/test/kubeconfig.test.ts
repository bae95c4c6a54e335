import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Client } from "../src/Client.ts"
import { kubeconfigFiles, namespaceSaid } from "../src/connection/kubeconfig.ts"
import { proxyFor } from "../src/connection/proxy.ts"
import type { K8sConfig } from "../src/index.ts"
import { kubeconfigText, sayJson, scriptedServer } from "./scriptedServer.ts"

const dir = mkdtempSync(join(tmpdir(), "orrery-kubeconfig-"))
const file = (name: string, text: string): string => {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

it("is looked for as kubectl does: named, KUBECONFIG's list, home [K51]", () => {
  assert.deepStrictEqual(kubeconfigFiles({}, { home: "/h" }), ["/h/.kube/config"])
  assert.deepStrictEqual(kubeconfigFiles({}, { home: "/h", KUBECONFIG: "/a::~/b" }), ["/a", "/h/b"])
  assert.deepStrictEqual(kubeconfigFiles({ kubeconfig: "~/c" }, { home: "/h", KUBECONFIG: "/a" }), ["/h/c"])
})

it("a namespace counts as a parameter, in KT_NAMESPACE, in the file, in the context, or is default [K11]", () => {
  const all = { parameter: "p", variable: "v", file: "f", context: "c" }
  assert.strictEqual(namespaceSaid(all), "p")
  assert.strictEqual(namespaceSaid({ ...all, parameter: undefined }), "v")
  assert.strictEqual(namespaceSaid({ file: "f", context: "c", variable: "" }), "f")
  assert.strictEqual(namespaceSaid({ context: "c" }), "c")
  assert.strictEqual(namespaceSaid({}), "default")
})

it("the environment's proxy is for what it does not except, as kubectl reads it", () => {
  const env = { HTTPS_PROXY: "proxy.example.com:3128", NO_PROXY: ".internal, 10.0.0.1,api.example.com:6443" }
  assert.strictEqual(proxyFor("https://k8s.example.com", env), "http://proxy.example.com:3128")
  assert.strictEqual(proxyFor("https://api.example.com:443", env), "http://proxy.example.com:3128")
  for (const server of [
    "https://api.example.com:6443",
    "https://one.internal",
    "https://10.0.0.1:6443",
    "https://127.0.0.1:6443",
    "http://k8s.example.com"
  ])
    assert.isUndefined(proxyFor(server, env), server)
  assert.strictEqual(proxyFor("http://k8s.example.com", { http_proxy: "http://p:1" }), "http://p:1")
  assert.isUndefined(proxyFor("https://k8s.example.com", { HTTPS_PROXY: "p", no_proxy: "*" }))
})

const problem = (config: K8sConfig) =>
  Effect.map(Effect.flip(Effect.scoped(Effect.provide(Client, Client.layer(config)))), ({ message }) => message)

it.effect("what cannot be used is named, with what there is instead", () =>
  Effect.gen(function* () {
    const good = file("good", kubeconfigText("http://127.0.0.1:1"))
    assert.include(yield* problem({ kubeconfig: join(dir, "none") }), `no kubeconfig at ${join(dir, "none")}`)
    assert.include(yield* problem({ kubeconfig: file("broken", "a: [") }), "broken cannot be read")
    assert.include(yield* problem({ kubeconfig: good, context: "that" }), 'no context "that"')
    const halved = kubeconfigText("http://x").replace("cluster: here,", "cluster: gone,")
    assert.include(yield* problem({ kubeconfig: file("half", halved) }), "context there names a cluster or a user")
  })
)

it.live("of several files the first that names a thing wins, and files that are not there are passed over", () =>
  Effect.gen(function* () {
    const server = yield* scriptedServer(({ reply }) => sayJson(reply, { from: "first" }))
    const second = file("second", kubeconfigText("http://127.0.0.1:1"))
    const kubeconfig = [join(dir, "none"), server.kubeconfig, second].join(":")
    const client = yield* Effect.provide(Client, Client.layer({ kubeconfig }))
    const reply = yield* client.request({ operation: "test", kind: "thing", name: "", path: "/version" })
    assert.deepStrictEqual(reply, { from: "first" })
  })
)

it.live("a server that is not there is unavailable, by context and address", () =>
  Effect.gen(function* () {
    const kubeconfig = file("nobody", kubeconfigText("http://127.0.0.1:1"))
    const client = yield* Effect.provide(Client, Client.layer({ kubeconfig }))
    const error = yield* Effect.flip(client.request({ operation: "test", kind: "thing", name: "", path: "/version" }))
    assert.strictEqual(error.reason._tag, "Unavailable")
    assert.include(error.message, "(context there, server http://127.0.0.1:1)")
  })
)
