import { expect, it } from "vitest"
import { ownershipLabels } from "../src/objects/labels.ts"
import { toJobStatus } from "../src/translate/job.ts"

const spec = { completions: 2, template: { spec: { containers: [{ name: "main", image: "a:1" }] } } }
const job = { metadata: { name: "a", namespace: "default" }, spec, status: {} }
const pod = (index: number, phase: string) => ({
  metadata: {
    name: `a-${index}`,
    labels: ownershipLabels("job", "a"),
    annotations: { "batch.kubernetes.io/job-completion-index": `${index}` }
  },
  status: { phase }
})

it.each([
  ["waits", ["Pending", "Pending"], "waiting"],
  ["runs", ["Succeeded", "Running"], "running"],
  ["waits for its last task", ["Succeeded", "Pending"], "waiting"],
  ["waits to try a task again", ["Succeeded", "Failed"], "waiting"],
  ["does not wait again once its tasks are over, before its controller says so", ["Succeeded", "Succeeded"], "running"]
])("a job %s", (_, phases, state) => {
  const pods = phases.map((phase, index) => pod(index, phase))
  expect(toJobStatus(job, pods).state).toBe(state)
})
