import { Schema } from "effect"
import { Deployment, Job, usualNamespace, within } from "../../src/index.ts"

const decodeDeployment = Schema.decodeUnknownSync(Deployment)
const decodeJob = Schema.decodeUnknownSync(Job)
const resources = { requests: { cpuMilli: 1 } }

/** A deployment of pods of one CPU each. */
export const deployment = (fields: Readonly<Record<string, unknown>> = {}, image = "web:1") =>
  within(usualNamespace)(
    decodeDeployment({
      name: "web",
      replicas: 3,
      selector: { matchLabels: { app: "web" } },
      template: { labels: { app: "web" }, spec: { containers: [{ name: "web", image, resources }] } },
      ...fields
    })
  )

/** A job of one CPU a task, which runs so long and ends so. */
export const job = (fields: Readonly<Record<string, unknown>> = {}, runMs = 60_000, exitCode = 0) =>
  decodeJob({
    name: "train",
    pod: { containers: [{ name: "main", image: `work:${runMs}-${exitCode}`, resources }] },
    ...fields
  })
