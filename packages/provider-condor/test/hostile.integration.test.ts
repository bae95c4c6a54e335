import { chmodSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type JobStatus, Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { expect, it } from "vitest"
import { layer } from "../src/index.ts"
import { shellJob } from "./job.ts"
import { pool, settings } from "./pool.ts"

const timeout = 180_000
const fresh = (name: string) => `${name}-${process.pid}`
const run = <A, E>(effect: Effect.Effect<A, E, Scheduler>, through = pool) =>
  Effect.runPromise(effect.pipe(Effect.provide(through), Effect.timeout("170 seconds")))
const until = (name: string, holds: (job: JobStatus) => boolean) =>
  Scheduler.use((it) =>
    it.watch({ name }).pipe(
      Stream.map(({ job }) => job),
      Stream.filter(holds),
      Stream.runHead
    )
  ).pipe(Effect.map((found) => (found._tag === "Some" ? found.value : undefined)))
/** A job that is held will not end by itself. */
const isEnd = ({ state }: JobStatus) =>
  state === "held" || state === "succeeded" || state === "failed" || state === "cancelled"
const printed = (name: string, tail?: number) =>
  Scheduler.use((it) => it.logs({ name }, tail === undefined ? {} : { tail }).pipe(Stream.runCollect)).pipe(
    Effect.map((lines) => lines.map(({ text }) => text))
  )

const asHex = "od -An -tx1 -v | tr -d ' \\n'"

const hostile: ReadonlyArray<string> = [
  "",
  " ",
  "two  words ",
  "it's",
  "'",
  '"',
  `'"'"`,
  "line\nline\r\n\ttab",
  "\\",
  "\\n\\",
  "$(Process) $(DOLLAR) $ENV(HOME) $RANDOM_INTEGER(1,2)",
  "$$(Cpus) $$([1+1]) $$(DOLLARDOLLAR) $$$$(x)",
  "$HOME `id` $(id) ;&|<>*?~!#",
  "-x",
  "queue 5",
  "ünïcödé 日本 🚀 \u2028",
  "x".repeat(100_000)
]

it("arguments and variables reach the job as they were written [T37]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("words")
      const script = `(for each; do printf '%s\\0' "$each"; done; printf '%s\\0' "$VALUE") | ${asHex}`
      const value = hostile.slice(0, -1).join("|")
      const job = shellJob(name, script, {}, { args: ["sh", ...hostile], environment: [{ name: "VALUE", value }] })
      yield* scheduler.submit(job)
      expect((yield* until(name, isEnd))?.state).toBe("succeeded")
      const words = Buffer.from((yield* printed(name)).join(""), "hex")
        .toString()
        .split("\0")
        .slice(0, -1)
      expect(words).toEqual([...hostile, value])
      expect((yield* scheduler.get({ name })).spec).toEqual({ ...job, namespace: "default" })
      yield* scheduler.remove({ name })
    })
  )
)

it("a job that a signal ends says so [T39]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("signal")
      yield* scheduler.submit(shellJob(name, "kill -9 $$"))
      const job = yield* until(name, isEnd)
      expect([job?.state, job?.reason]).toEqual(["failed", "ended by signal 9"])
      yield* scheduler.remove({ name })
    })
  )
)

it("a program that is not there holds the job with its reason, and cancel ends it", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("missing")
      yield* scheduler.submit(shellJob(name, "", {}, { command: ["/no/such/program"] }))
      const job = yield* until(name, ({ state }) => state === "held")
      expect(job?.reason).toContain("/no/such/program")
      expect(job?.reason).toContain("name a program that the machines have")
      expect((yield* scheduler.why({ name })).summary).toContain("/no/such/program")
      yield* scheduler.cancel({ name })
      expect((yield* until(name, isEnd))?.state).toBe("cancelled")
      yield* scheduler.remove({ name })
    })
  )
)

it("much output is read whole, or its end only, with lines longer than what is read at once", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("much")
      yield* scheduler.submit(shellJob(name, "seq 1 1000000; head -c 3000000 /dev/zero | tr '\\0' x; printf '\\nend'"))
      expect((yield* until(name, isEnd))?.state).toBe("succeeded")
      const lines = yield* printed(name)
      expect(lines.length).toBe(1_000_002)
      expect([lines[999_999], lines[1_000_000]?.length, lines.at(-1)]).toEqual(["1000000", 3_000_000, "end"])
      expect((yield* printed(name, 3)).map((line) => line.slice(0, 7))).toEqual(["1000000", "xxxxxxx", "end"])
      yield* scheduler.remove({ name })
    })
  )
)

it("many tasks are one job that is read at once, in two looks at the most", { timeout }, () => {
  const looks = join(mkdtempSync(join(tmpdir(), "condor-looks-")), "looks")
  const counting = `#!/bin/sh\necho >> ${looks}\nexec ${join(settings.bin, "condor_q")} "$@"\n`
  const counted = () => readFileSync(looks, "utf8").length
  return run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("many")
      const job = shellJob(name, `: ${"x".repeat(50_000)}`, { completions: 1_000, parallelism: 1_000, held: true })
      yield* scheduler.submit(job)
      const before = counted()
      expect((yield* scheduler.get({ name })).tasks.waiting).toBe(1_000)
      expect(counted() - before).toBeLessThanOrEqual(2)
      yield* scheduler.remove({ name })
    }),
    layer({ ...settings, bin: toolsWith("q", counting) })
  )
})

/** The pool's tools with another in the place of one of them. */
const toolsWith = (tool: string, script: string): string => {
  const bin = mkdtempSync(join(tmpdir(), "condor-bin-"))
  for (const name of readdirSync(settings.bin))
    if (name !== `condor_${tool}`) symlinkSync(join(settings.bin, name), join(bin, name))
  writeFileSync(join(bin, `condor_${tool}`), script)
  chmodSync(join(bin, `condor_${tool}`), 0o755)
  return bin
}

it("a submission whose answer is lost is found again, and runs once", { timeout }, async () => {
  const name = fresh("lost")
  const job = shellJob(name, "echo once")
  const script = `#!/bin/sh\n${join(settings.bin, "condor_submit")} "$@" >/dev/null\necho 'ERROR: Failed to connect to local queue manager' >&2\nexit 1\n`
  const losing = layer({ ...settings, bin: toolsWith("submit", script) })
  const failure = await run(Effect.flip(Scheduler.use((it) => it.submit(job))), losing)
  expect(failure).toMatchObject({ reason: { _tag: "Unavailable" }, retry: "later" })
  await run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      yield* scheduler.submit(job)
      expect((yield* until(name, isEnd))?.state).toBe("succeeded")
      expect((yield* scheduler.list().pipe(Stream.runCollect)).filter(({ spec }) => spec.name === name).length).toBe(1)
      expect(yield* printed(name)).toEqual(["once"])
      yield* scheduler.remove({ name })
    })
  )
})

it("a queue that is not there, and tools that are not, are told apart, each with what to do", { timeout }, async () => {
  const listed = Effect.flip(Scheduler.use((it) => it.list().pipe(Stream.runCollect)))
  const script = `#!/bin/sh\nexec ${join(settings.bin, "condor_q")} -pool 127.0.0.1:1 -name nobody@test "$@"\n`
  const nowhere = await run(listed, layer({ ...settings, bin: toolsWith("q", script) }))
  expect(nowhere).toMatchObject({ reason: { _tag: "Unavailable" }, retry: "later" })
  const noTools = await run(listed, layer({ ...settings, bin: "/no/such/folder" }))
  expect(noTools).toMatchObject({ reason: { _tag: "Failed" } })
  for (const { remedy } of [nowhere, noTools]) expect(remedy).toMatch(/\w+ \w+/)
})

it("why tells the negotiator's last word [T4 K80]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("why")
      const job = shellJob(name, "true")
      yield* scheduler.submit({ ...job, pod: { ...job.pod, nodeSelector: { Region: "nowhere" } } })
      const look = Effect.delay(scheduler.why({ name }), "500 millis")
      const { refusals, summary } = yield* look.pipe(
        Effect.repeat({ until: (it) => it.summary.includes("negotiator") })
      )
      expect(summary).toBe("no slot takes it now; the negotiator said: no match found")
      expect(refusals.length).toBe(3)
      yield* scheduler.remove({ name })
    })
  )
)

it("a job that is refused leaves no folder behind", { timeout }, async () => {
  const name = fresh("refused")
  const job = shellJob(name, "true", {}, { image: "docker.io/library/busybox:1" })
  const refused = await run(Scheduler.use((it) => Effect.flip(it.submit(job))))
  expect(refused.reason._tag).toBe("InvalidInput")
  expect(readdirSync(settings.directory).filter((folder) => folder.includes(name))).toEqual([])
})
