import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { ContainerManager, type Deployment, Scheduler } from "@orrery/core"
import { Effect, Fiber, Layer, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { layer as k8s } from "../src/index.ts"
import { collector } from "../src/pods/buffers.ts"
import { startWithKubelet } from "./kubelet.ts"
import { deployment, destroyPath, job } from "./server.ts"

const config = startWithKubelet("containers")
const server = Layer.orDie(Layer.merge(k8s(config), Client.layer(config)))

const running = (name: string, script: string, more: object = {}): Deployment =>
  deployment(name, "any", {
    replicas: 1,
    template: {
      labels: { app: name },
      spec: {
        terminationGraceMs: "1s",
        containers: [{ name: "main", image: "busybox:1", command: ["sh", "-c", script], ...more }]
      }
    }
  })

const until = (name: string, wanted: "available" | "stuck") =>
  Effect.flatMap(ContainerManager, (containers) =>
    Effect.repeat(Effect.delay(containers.getDeployment({ name }), "200 millis"), {
      until: ({ state }) => state === wanted
    }).pipe(Effect.timeout("90 seconds"))
  )

const firstPod = (name: string) =>
  Effect.flatMap(ContainerManager, (containers) =>
    Effect.map(Stream.runCollect(containers.pods({ name })), (pods) => pods[0]?.name ?? "")
  )

/** A client whose credential plugin prints a wrong token once, and then the right one. */
const renewedOnce = (name: string) => {
  const written = readFileSync(config.kubeconfig ?? "", "utf8")
  const [, token = ""] = /token: "(\w+)"/.exec(written) ?? []
  const used = join(mkdtempSync(join(tmpdir(), "orrery-renewed-")), name)
  const credential = (status: object) =>
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status })
  const script = `if [ -e ${used} ]; then echo '${credential({ token })}'; else touch ${used}; echo '${credential({ token: "wrong" })}'; fi`
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script] }
  const kubeconfig = `${used}.json`
  const here = { server: /server: "([^"]+)"/.exec(written)?.[1], "certificate-authority": authorityIn(written) }
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "here", cluster: here }],
      users: [{ name: "me", user: { exec } }],
      contexts: [{ name: "there", context: { cluster: "here", user: "me" } }],
      "current-context": "there"
    })
  )
  return Effect.provide(Client, Client.layer({ kubeconfig }))
}
const authorityIn = (written: string): string | undefined => /certificate-authority: "([^"]+)"/.exec(written)?.[1]

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("containers on a real node", (it) => {
  it.effect("exec gives what a command printed and its exit code; what it is told arrives intact [K69]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      yield* containers.createDeployment(running("shell", "sleep 86400"))
      yield* until("shell", "available")
      const name = yield* firstPod("shell")
      const odd = 'a "quoted" $(NAME) $$ line\nünïcode'
      const echo = yield* containers.exec({ name }, ["printf", "%s", odd])
      assert.deepStrictEqual(echo, { exitCode: 0, stdout: odd, stderr: "" })
      const failed = yield* containers.exec({ name }, ["sh", "-c", "echo oh >&2; exit 7"])
      assert.deepStrictEqual(failed, { exitCode: 7, stdout: "", stderr: "oh\n" })
      const large = "0123456789abcdef".repeat(625_000)
      const sum = yield* containers.exec({ name }, ["sh", "-c", "cat | wc -c"], { stdin: large })
      assert.strictEqual(sum.stdout.trim(), "10000000")
      const back = yield* containers.exec({ name }, ["sh", "-c", "yes | head -c 10000000"])
      assert.strictEqual(back.stdout.length, 10_000_000)
      const missing = yield* Effect.flip(containers.exec({ name }, ["no-such-program"]))
      assert.strictEqual(missing.reason._tag, "Failed")
      assert.strictEqual((yield* Effect.flip(containers.exec({ name: "nobody" }, ["true"]))).reason._tag, "NotFound")
      yield* containers.deleteDeployment({ name: "shell" })
    })
  )

  it.effect("exec and portForward show a token made anew when the server no longer takes the old one [K69 K74]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const script = "mkdir /w; echo hello > /w/index.html; exec httpd -f -p 8080 -h /w"
      const healthCheck = { readiness: { http: { port: 8080 }, periodMs: "1s" } }
      yield* containers.createDeployment(running("renewed", script, { healthCheck }))
      yield* until("renewed", "available")
      const pod = { name: yield* firstPod("renewed"), namespace: "default" }
      const subject = { operation: "test", kind: "pod", ...pod }
      const stdout = collector()
      const call = {
        ...subject,
        container: "main",
        command: ["hostname"],
        stdout: stdout.stream,
        stderr: stdout.stream
      }
      // the plugin's first token is one that the server never gave
      const told = yield* Effect.flatMap(renewedOnce("exec"), (client) => client.exec(call))
      assert.strictEqual(told.status, "Success")
      assert.strictEqual(stdout.text().trim(), pod.name)
      const client = yield* renewedOnce("forward")
      const local = yield* client.forward(subject, () => Promise.resolve(pod), 8080)
      const answer = yield* Effect.promise(() => fetch(`http://127.0.0.1:${local}/`).then((reply) => reply.text()))
      assert.strictEqual(answer, "hello\n")
      yield* containers.deleteDeployment({ name: "renewed" })
    }).pipe(Effect.scoped)
  )

  it.effect("portForward outlives its pod: new connections lead to the one that came in its place [K74]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const script = "mkdir /w; hostname > /w/index.html; exec httpd -f -p 8080 -h /w"
      const healthCheck = { readiness: { http: { port: 8080 }, periodMs: "1s" } }
      yield* containers.createDeployment(running("outlived", script, { healthCheck }))
      yield* until("outlived", "available")
      const first = yield* firstPod("outlived")
      yield* Effect.scoped(
        Effect.gen(function* () {
          const local = yield* containers.portForward({ name: first }, 8080)
          const answer = Effect.promise(() =>
            fetch(`http://127.0.0.1:${local}/`, { headers: { connection: "close" } }).then((reply) => reply.text())
          )
          assert.strictEqual((yield* answer).trim(), first)
          yield* destroyPath(`/api/v1/namespaces/default/pods/${first}`)
          const second = yield* Effect.repeat(Effect.delay(answer, "200 millis"), {
            until: (said) => said.trim() !== first
          }).pipe(Effect.timeout("90 seconds"))
          const pods = yield* Stream.runCollect(containers.pods({ name: "outlived" }))
          assert.include(
            pods.map(({ name }) => name),
            second.trim()
          )
        })
      )
      yield* containers.deleteDeployment({ name: "outlived" })
    })
  )

  it.effect("values arrive in a container as they were written [R65 R66 K25 K26]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const value = '$(HOME) $$ "quoted" \\ \n newline ünï'
      const environment = [{ name: "ODD", value }]
      yield* containers.createDeployment(running("values", "sleep 86400", { environment }))
      yield* until("values", "available")
      const name = yield* firstPod("values")
      const seen = yield* containers.exec({ name }, ["sh", "-c", 'printf %s "$ODD"'])
      assert.strictEqual(seen.stdout, value)
      yield* containers.deleteDeployment({ name: "values" })
    })
  )

  it.effect("logs are followed across restarts, each line once, until the deployment goes [K70 R149]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const script = "for i in 1 2 3; do echo $(cat /proc/sys/kernel/random/uuid); sleep 0.2; done; exit 1"
      yield* containers.createDeployment(running("talking", script))
      const lines = yield* containers
        .logs({ name: "talking" }, { follow: true })
        .pipe(Stream.take(8), Stream.runCollect, Effect.timeout("90 seconds"))
      assert.strictEqual(new Set(lines.map(({ text }) => text)).size, 8)
      assert.isAbove(lines[0]?.atMs ?? 0, 1_600_000_000_000)
      const rest = yield* Effect.forkChild(Stream.runDrain(containers.logs({ name: "talking" }, { follow: true })))
      yield* Effect.sleep("1 second")
      yield* containers.deleteDeployment({ name: "talking" })
      yield* Effect.timeout(Fiber.join(rest), "90 seconds")
    })
  )

  it.effect("lines of pods that come later are all told, of those that were there only what was asked for [K70]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const ref = { name: "chorus" }
      const script = "for i in 1 2 3; do echo $HOSTNAME $i; done; sleep 86400"
      yield* containers.createDeployment(running("chorus", script))
      yield* until("chorus", "available")
      const first = yield* firstPod("chorus")
      yield* Effect.repeat(Stream.runCollect(containers.logs(ref)), { until: (lines) => lines.length === 3 })
      const following = yield* Effect.forkChild(
        containers.logs(ref, { follow: true, tail: 1 }).pipe(Stream.take(4), Stream.runCollect)
      )
      yield* Effect.sleep("1 second")
      yield* containers.scaleDeployment(ref, 2)
      const lines = yield* Effect.timeout(Fiber.join(following), "90 seconds")
      assert.deepStrictEqual(
        lines.filter(({ source }) => source === first).map(({ text }) => text),
        [`${first} 3`]
      )
      assert.deepStrictEqual(
        lines.filter(({ source }) => source !== first).map(({ text }) => text.split(" ")[1]),
        ["1", "2", "3"]
      )
      yield* containers.deleteDeployment(ref)
    })
  )

  it.effect("the logs of a job are all there when following ends by itself", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const spec = job("said", "any", {
        completions: 2,
        parallelism: 2,
        pod: {
          containers: [{ name: "main", image: "busybox:1", command: ["sh", "-c", "sleep 1; echo task $JOB_INDEX"] }]
        }
      })
      yield* jobs.submit(spec)
      const lines = yield* Effect.timeout(
        Stream.runCollect(jobs.logs({ name: "said" }, { follow: true })),
        "90 seconds"
      )
      assert.sameMembers(
        lines.map(({ text }) => text),
        ["task 0", "task 1"]
      )
      yield* jobs.remove({ name: "said" })
    })
  )

  it.effect(
    "portForward leads to the pod for as long as its scope lives, once its probe lets it be available [K74 R59 R60 R61 R63 R64]",
    () =>
      Effect.gen(function* () {
        const containers = yield* ContainerManager
        const script = "mkdir /w; echo hello > /w/index.html; httpd -f -p 8080 -h /w"
        const healthCheck = { readiness: { http: { port: 8080 }, periodMs: "1s" } }
        yield* containers.createDeployment(running("serving", script, { healthCheck }))
        yield* until("serving", "available")
        const name = yield* firstPod("serving")
        const port = yield* Effect.scoped(
          Effect.gen(function* () {
            const local = yield* containers.portForward({ name }, 8080)
            const get = Effect.promise(() =>
              fetch(`http://127.0.0.1:${local}/`, { headers: { connection: "close" } }).then((reply) => reply.text())
            )
            assert.strictEqual(yield* get, "hello\n")
            assert.strictEqual(yield* get, "hello\n")
            return local
          })
        )
        // nobody listens any more: the port can be had
        yield* Effect.promise(
          () =>
            new Promise<void>((resolve, reject) => {
              const mine = createServer().once("error", reject)
              mine.listen(port, "127.0.0.1", () => mine.close(() => resolve()))
            })
        )
        yield* containers.deleteDeployment({ name: "serving" })
      })
  )
})
