import { usualNamespace, within } from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { all, quote, words } from "../src/classAd.ts"
import { submitText } from "../src/submitText.ts"
import { shellJob } from "./job.ts"

const own = within(usualNamespace)
const text = (job: ReturnType<typeof shellJob>) => Result.getOrThrow(submitText(own(job), "/jobs/default.x"))

it("a job of two tasks that run one at a time [T37]", () => {
  expect(text(shellJob("x", "echo", { completions: 2, retries: 3 }))).toMatchInlineSnapshot(`
    "universe = vanilla
    executable = /bin/sh
    transfer_executable = false
    should_transfer_files = IF_NEEDED
    initialdir = /jobs/default.x
    output = out.$(Process)
    error = err.$(Process)
    log = events
    MY.Arguments = "-c echo"
    MY.Environment = "JOB_NAME=x JOB_INDEX=$(Process)"
    request_cpus = 1
    request_memory = 1
    priority = 0
    max_retries = 3
    concurrency_limits = orrery_default_dx:2308032
    leave_in_queue = OrreryForgotten =!= true
    MY.OrreryName = "default/x"
    MY.OrrerySpec = "eyJuYW1lIjoieCIsImxhYmVscyI6e30sImNvbXBsZXRpb25zIjoyLCJwYXJhbGxlbGlzbSI6MSwicmV0cmllcyI6MywiaGVsZCI6ZmFsc2UsInBvZCI6eyJjb250YWluZXJzIjpbeyJuYW1lIjoibWFpbiIsImltYWdlIjoiaG9zdCIsImNvbW1hbmQiOlsiL2Jpbi9zaCIsIi1jIiwiZWNobyJdLCJwb3J0cyI6W10sInJlc291cmNlcyI6eyJyZXF1ZXN0cyI6eyJjcHVNaWxsaSI6MCwibWVtb3J5Qnl0ZXMiOjAsImdwdU1pbGxpIjowfX0sImVudmlyb25tZW50IjpbXSwibW91bnRzIjpbXX1dLCJpbml0Q29udGFpbmVycyI6W10sInZvbHVtZXMiOltdLCJub2RlU2VsZWN0b3IiOnt9LCJ0b2xlcmF0aW9ucyI6W10sInByaW9yaXR5IjowLCJ0ZXJtaW5hdGlvbkdyYWNlTXMiOjMwMDAwfSwibmFtZXNwYWNlIjoiZGVmYXVsdCJ9"
    queue 2
    "
  `)
})

it("what a user writes stays inside its string, on its line, and is never a macro [T37]", { timeout: 30_000 }, () => {
  const job = shellJob("x", "echo")
  const lineCount = text(job).split("\n").length
  const [container] = job.pod.containers
  const calling = (word: string): typeof job => ({
    ...job,
    pod: { ...job.pod, containers: container === undefined ? [] : [{ ...container, command: ["/bin/sh", word] }] }
  })
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (line) => {
      const lines = text(calling(`$(Process) "'\n${line.replaceAll("\0", "")}`)).split("\n")
      expect(lines.filter((one) => one.startsWith("MY.Arguments")).length).toBe(1)
      expect(lines.length).toBe(lineCount)
      expect(
        lines
          .join("\n")
          .replaceAll("$$(DOLLARDOLLAR)", "")
          .replaceAll("$(DOLLAR)", "")
          .match(/\$\(\w*\)/g)
      ).toEqual(["$(Process)", "$(Process)", "$(Process)"])
    })
  )
})

it("jobs whose names look alike share no limit", () => {
  const limit = (namespace: string, name: string) =>
    text({ ...shellJob(name, "echo", { completions: 2 }), namespace }).match(/concurrency_limits = (\S+):/)?.[1]
  const names = [limit("a", "b-c"), limit("a-b", "c"), limit("a", "b--c"), limit("a", "bc")]
  expect(new Set(names).size).toBe(4)
})

it("no dollar of the user's begins a macro, of the description or of the schedd [T37]", () => {
  const [line] = text(shellJob("x", "kill $$$ $(Process) $$(Cpus)")).match(/^MY\.Arguments = .*$/m) ?? []
  const safe = "kill $$(DOLLARDOLLAR)$(DOLLAR) $(DOLLAR)(Process) $$(DOLLARDOLLAR)(Cpus)"
  expect(line).toBe(`MY.Arguments = "-c '${safe}'"`)
})

it("a caller's constraint with an OR keeps to itself", () => {
  expect(all(["a || b", "c"])).toBe("(a || b) && (c)")
  expect(quote('x" || true || "')).toBe('"x\\" || true || \\""')
  expect(quote("a\\b")).toBe('"a\\b"')
  expect(words(["plain", "two words", "it's", "", "ends\\"])).toBe("plain 'two words' 'it''s' '' 'ends\\'")
})

it("names everything it cannot translate, at once", () => {
  const job = shellJob("x", "echo", {}, { image: "busybox", resources: { requests: { gpuMilli: 0.5 } } })
  const problems = submitText(own({ ...job, pod: { ...job.pod, nodeSelector: { "a/b": "c" } } }), "/jobs")
  expect(Result.isFailure(problems) && problems.failure.map(({ path }) => path)).toEqual([
    "pod.containers.0.image",
    "pod.containers.0.resources.requests.gpu",
    "pod.nodeSelector.a/b"
  ])
})
