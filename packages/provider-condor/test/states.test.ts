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

it("process 0 and process 1 of one cluster are tasks of one job [T39]", () => {
  const [job] = read([ad(4, { ExitCode: 0 }), ad(2, { ProcId: 1 })])
  expect([job?.state, job?.tasks]).toEqual(["running", { waiting: 0, running: 1, succeeded: 1, failed: 0 }])
})
