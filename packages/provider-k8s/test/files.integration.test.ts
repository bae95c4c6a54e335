import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough, Writable } from "node:stream"
import { assert, layer } from "@effect/vitest"
import { ContainerManager } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Kubernetes, layer as k8s } from "../src/index.ts"
import { collector } from "../src/pods/buffers.ts"
import { startWithKubelet } from "./kubelet.ts"
import { deployment } from "./server.ts"

const server = Layer.orDie(k8s(startWithKubelet("files")))

/** A pod that sleeps, by its name. */
const sleeping = (name: string) =>
  Effect.gen(function* () {
    const containers = yield* ContainerManager
    const spec = { containers: [{ name: "main", image: "busybox:1", command: ["sh", "-c", "sleep 86400"] }] }
    const template = { labels: { app: name }, spec: { terminationGraceMs: "1s", ...spec } }
    yield* containers.createDeployment(deployment(name, "any", { replicas: 1, template }))
    yield* (yield* Kubernetes).awaitRollout({ name })
    const [pod] = yield* Stream.runCollect(containers.pods({ name }))
    return pod?.name ?? ""
  })

const directory = (): string => mkdtempSync(join(tmpdir(), "orrery-files-"))

const project = (): string => {
  const top = directory()
  mkdirSync(join(top, "src/deep"), { recursive: true })
  writeFileSync(join(top, "src/main.py"), "print('hello')\n")
  writeFileSync(join(top, "src/deep/ünï 'code'.txt"), "x".repeat(100_000))
  writeFileSync(join(top, "secret.env"), "TOKEN=1")
  writeFileSync(join(top, ".ktignore"), "*.env\n")
  return top
}

/** A terminal's screen, as far as a command knows of one. */
class Screen extends Writable {
  columns = 80
  rows = 24
  readonly said: Array<string> = []
  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.said.push(chunk.toString())
    done()
  }
}

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("files and terminals of pods", (it) => {
  it.effect("a directory goes into a pod and comes back the same, without what is ignored [D40 K73]", () =>
    Effect.gen(function* () {
      const kubernetes = yield* Kubernetes
      const name = yield* sleeping("copies")
      const from = project()
      const to = "/data/odd 'name' $(touch x)"
      assert.strictEqual(yield* kubernetes.copyTo({ name }, from, to), 3)
      const back = directory()
      assert.strictEqual(yield* kubernetes.copyFrom({ name }, to, back), 3)
      assert.strictEqual(readFileSync(join(back, "src/deep/ünï 'code'.txt"), "utf8"), "x".repeat(100_000))
      assert.throws(() => readFileSync(join(back, "secret.env")), /ENOENT/)
      const large = join(directory(), "large")
      writeFileSync(large, Buffer.alloc(30_000_000, "0123456789"))
      assert.strictEqual(yield* kubernetes.copyTo({ name }, large, "/data"), 1)
      const missing = yield* Effect.flip(kubernetes.copyFrom({ name }, "/no/such", directory()))
      assert.match(missing.message, /No such file/)
      const refused = yield* Effect.flip(kubernetes.copyTo({ name }, from, "/proc/1"))
      assert.strictEqual(refused.reason._tag, "Failed")
      yield* (yield* ContainerManager).deleteDeployment({ name: "copies" })
    })
  )

  it.effect("sync sends only what differs, and removes what is gone where it is told to [K73]", () =>
    Effect.gen(function* () {
      const kubernetes = yield* Kubernetes
      const name = yield* sleeping("synced")
      const from = project()
      assert.strictEqual((yield* kubernetes.sync({ name }, from, "/app")).sent.length, 3)
      assert.deepStrictEqual(yield* kubernetes.sync({ name }, from, "/app"), { sent: [], removed: [], same: 3 })
      writeFileSync(join(from, "src/main.py"), "print('again')\n")
      rmSync(join(from, "src/deep"), { recursive: true })
      assert.deepStrictEqual(yield* kubernetes.sync({ name }, from, "/app", { removeOthers: true }), {
        sent: ["src/main.py"],
        removed: ["src/deep/ünï 'code'.txt"],
        same: 1
      })
      const said = yield* (yield* ContainerManager).exec({ name }, [
        "sh",
        "-c",
        "cat /app/src/main.py; ls /app/src/deep"
      ])
      assert.deepStrictEqual(said, { exitCode: 0, stdout: "print('again')\n", stderr: "" })
      yield* (yield* ContainerManager).deleteDeployment({ name: "synced" })
    })
  )

  it.effect(
    "a shell on a terminal knows its size and its changes, takes keys, and ends with its exit code [K69 N30]",
    () =>
      Effect.gen(function* () {
        const kubernetes = yield* Kubernetes
        const name = yield* sleeping("shelled")
        const screen = new Screen()
        const keys = new PassThrough()
        const waitFor = (pattern: RegExp) =>
          Effect.repeat(
            Effect.delay(
              Effect.sync(() => screen.said.join("")),
              "50 millis"
            ),
            {
              until: (said) => pattern.test(said)
            }
          ).pipe(Effect.timeout("90 seconds"))
        const talk = Effect.gen(function* () {
          yield* waitFor(/#/)
          keys.write("stty size\n")
          yield* waitFor(/24 80/)
          screen.rows = 50
          screen.columns = 132
          screen.emit("resize")
          yield* Effect.sleep("500 millis")
          keys.write("stty size\n")
          yield* waitFor(/50 132/)
          keys.write("exit 7\n")
        })
        const streams = { stdin: keys, stdout: screen, stderr: collector().stream, tty: true }
        const [exitCode] = yield* Effect.all([kubernetes.attach({ name }, ["sh"], streams), talk], { concurrency: 2 })
        assert.strictEqual(exitCode, 7)
        yield* (yield* ContainerManager).deleteDeployment({ name: "shelled" })
      })
  )
})
