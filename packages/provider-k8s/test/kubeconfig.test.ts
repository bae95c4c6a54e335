import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Client } from "../src/Client.ts"
import type { K8sConfig } from "../src/index.ts"
import { kubeconfigFiles } from "../src/kubeconfig.ts"
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
