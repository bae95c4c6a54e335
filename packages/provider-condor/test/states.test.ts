import { usualNamespace, within } from "@orrery/core"
import { expect, it } from "vitest"
import type { Ad } from "../src/Client.ts"
import { clusterOf, toJobs } from "../src/jobs.ts"
import { nameAttribute } from "../src/submitText.ts"
import { shellJob } from "./job.ts"

/** One process as the schedd shows it. */
const ad = (status: number, more: Readonly<Record<string, unknown>> = {}) => ({
  [nameAttribute]: "default/x",
  ClusterId: 7,
  ProcId: 0,
  QDate: 100,
  JobStatus: status,
  ...more
})

const read = (ads: ReadonlyArray<Ad>) =>
  toJobs(ads, new Map([[clusterOf(ad(1)), within(usualNamespace)(shellJob("x", "true"))]]))

it.each([
  ["idle", 1, {}, "waiting"],
  ["running", 2, {}, "running"],
  ["being removed", 3, {}, "cancelled"],
  ["completed with 0", 4, { ExitCode: 0 }, "succeeded"],
  ["completed with 1", 4, { ExitCode: 1 }, "failed"],
  ["held by its owner", 5, { HoldReasonCode: 1 }, "held"],
  ["held while its input is copied", 5, { HoldReasonCode: 16 }, "waiting"],
  ["giving its output back", 6, {}, "running"],
  ["suspended", 7, {}, "running"]
])("a process that is %s (%d) %j is %s [T28]", (_, status, more, state) => {
  expect(read([ad(status, more)]).map((job) => job.state)).toEqual([state])
})

it.each([
  [1, "via condor_hold (by user me)", "via condor_hold (by user me): release it to let it go on"],
  [
    6,
    "Error from cpu: no such file.",
    "Error from cpu: no such file: name a program that the machines have, as they have it, and that may be executed"
  ],
  [34, "used 2 GB", "used 2 GB: ask for as much memory as the job uses at its peak"],
  [9_999, "by a rule of a later version", "by a rule of a later version"]
])("a job held for reason %d says what to do about it [T28]", (HoldReasonCode, HoldReason, reason) => {
  expect(read([ad(5, { HoldReasonCode, HoldReason })])[0]?.reason).toBe(reason)
})

it("process 0 and process 1 of one cluster are tasks of one job [T39]", () => {
  const [job] = read([ad(4, { ExitCode: 0 }), ad(2, { ProcId: 1 })])
  expect([job?.state, job?.tasks]).toEqual(["running", { waiting: 0, running: 1, succeeded: 1, failed: 0 }])
})
