import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { type ComputeError, production, Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { expect, it } from "vitest"
import { layer } from "../src/index.ts"
import { shellJob } from "./job.ts"
import { pool, settings, tool } from "./pool.ts"

// A queue that others use, too, and that is away for a while.

const timeout = 240_000
const fresh = (name: string) => `${name}-${process.pid}`
const run = <A>(effect: Effect.Effect<A, ComputeError, Scheduler>, through = pool) =>
  Effect.runPromise(effect.pipe(Effect.provide(through), Effect.timeout("230 seconds")))

/** The pool as another person reaches it: with the same tools, by a token of their own. */
const poolOf = (user: string) => {
  const home = mkdtempSync(join(settings.directory, `${user}-`))
  const tokens = join(home, "tokens")
  const config = join(home, "condor_config")
  mkdirSync(tokens)
  writeFileSync(join(tokens, user), tool("token_create", ["-identity", `${user}@test`]))
  const lines = [
    `include : ${settings.configFile}`,
    "SEC_CLIENT_AUTHENTICATION_METHODS = IDTOKENS",
    `SEC_TOKEN_DIRECTORY = ${tokens}`
  ]
  writeFileSync(config, `${lines.join("\n")}\n`)
  for (const name of readdirSync(settings.bin)) {
    const script = readFileSync(join(settings.bin, name), "utf8").replaceAll(settings.configFile, config)
    writeFileSync(join(home, name), script, { mode: 0o755 })
  }
  // a token that others may read is passed over
  const { gid, uid } = statSync(settings.directory)
  for (const secret of [tokens, join(tokens, user)]) chownSync(secret, uid, gid)
  chmodSync(tokens, 0o700)
  chmodSync(join(tokens, user), 0o600)
  chmodSync(home, 0o755)
  return layer({ ...settings, bin: home })
}

const usersOf = (name: string): ReadonlyArray<string> =>
  tool("q", ["-allusers", "-constraint", `OrreryName == "default/${name}" && JobStatus == 5`, "-af", "User"])
    .split("\n")
    .toSorted()

it("two people's jobs of one name are two jobs, and each sees and ends their own alone", { timeout }, async () => {
  const name = fresh("shared")
  const mine = shellJob(name, "echo mine", { held: true })
  const theirs = shellJob(name, "echo theirs", { held: true })
  const elsewhere = poolOf("alice")
  await run(
    Scheduler.use((it) => it.submit(theirs)),
    elsewhere
  )
  await run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const listed = Effect.map(scheduler.list().pipe(Stream.runCollect), (jobs) =>
        jobs.flatMap(({ spec }) => (spec.name === name ? [spec.pod.containers[0]?.command?.at(-1)] : []))
      )
      expect(yield* listed).toEqual([])
      yield* scheduler.submit(mine)
      expect(usersOf(name)).toEqual(["alice@test", "tester@test"])
      expect(yield* listed).toEqual(["echo mine"])
      yield* scheduler.cancel({ name })
      yield* scheduler.remove({ name })
      expect(usersOf(name)).toEqual(["alice@test"])
    })
  )
  await run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      expect((yield* scheduler.get({ name })).state).toBe("held")
      yield* scheduler.remove({ name })
    }),
    elsewhere
  )
})

const isAway = Effect.repeat(
  Effect.delay(Effect.result(Scheduler.use((it) => it.get({ name: "nobody" }))), "200 millis"),
  { until: (seen) => seen._tag === "Failure" && seen.failure.reason._tag === "Unavailable" }
)

it("a queue that restarts is waited for, and its jobs are there as before", { timeout }, async () => {
  const name = fresh("outlives")
  await run(Scheduler.use((it) => it.submit(shellJob(name, "sleep 5; echo done"))))
  tool("off", ["-schedd", "-fast"])
  const away = await run(isAway)
  expect(away).toMatchObject({ failure: { reason: { _tag: "Unavailable" }, retry: "later" } })
  const back = setTimeout(() => tool("on", ["-schedd"]), 2_000)
  try {
    const ended = await run(
      Scheduler.use((it) => Effect.andThen(it.get({ name }), it.watch({ name }).pipe(Stream.runLast))),
      production()(pool)
    )
    expect(ended).toMatchObject({ value: { job: { state: "succeeded" } } })
    const lines = await run(Scheduler.use((it) => it.logs({ name }).pipe(Stream.runCollect)))
    expect(lines.at(-1)?.text).toBe("done")
  } finally {
    clearTimeout(back)
    tool("on", ["-schedd"])
  }
  await run(Scheduler.use((it) => it.remove({ name })))
})
