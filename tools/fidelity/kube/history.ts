import { readScores, type Step } from "./askReal.ts"

/** One try of the scheduler's to place a pod. Its node is where the pod went, or where it waits for others to leave. */
export type Try = Pick<Step, "pod" | "node" | "message" | "victims" | "scores"> & {
  /** Whether pods were asked to leave: then the less important ones that wait for the same node do so no longer. */
  readonly asksToLeave: boolean
}

/** What the scheduler heard of a pod: of its coming to a node, its changes there and its end, or of a change while it waits. */
export type Told = "Add" | "Update" | "Delete" | "still waits"

/** What the scheduler did or heard, as its log tells it. */
export type Happening = { readonly tried: Try } | { readonly told: Told; readonly pod: string }

const field = (line: string, name: string): string => {
  const [, value = ""] = new RegExp(` ${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(line) ?? []
  return value.replaceAll(/\\(.)/g, "$1")
}

const toldLine = /"(Add|Update|Delete) event for scheduled pod" pod="([^"]+)"/
const waitsLine = /"Update event for unscheduled pod" pod="([^"]+)"/
const begins = '"Attempting to schedule pod"'
const refused = '"Unable to schedule pod; no fit; waiting"'
const bound = '"Successfully bound pod to node"'
const asked = '"Start the preemption asynchronously"'
const leaves = ['"Preemptor Pod preempted victim Pod"', '"Victim Pod is already being deleted, skipping']

/** A try whose outcome may still follow in the log. */
interface Open {
  readonly pod: string
  node: string | null
  message: string | undefined
  asksToLeave: boolean
  readonly victims: Array<string>
  readonly lines: Array<string>
}

const closed = ({ lines, message = "", ...rest }: Open): Try => ({
  ...rest,
  message,
  scores: readScores(lines.join("\n"), rest.pod)
})

/** Notes what a line tells of a try that began before. */
const note = (line: string, open: ReadonlyMap<string, Open>): void => {
  const preemptor = open.get(field(line, "preemptor"))
  const one = open.get(field(line, "pod"))
  if (preemptor !== undefined && line.includes(asked)) preemptor.asksToLeave = true
  if (preemptor !== undefined && leaves.some((words) => line.includes(words))) {
    preemptor.node = field(line, "node")
    preemptor.victims.push(field(line, "victim"))
  }
  if (one !== undefined && line.includes(refused)) one.message = field(line, "err")
  if (one !== undefined && line.includes(bound)) {
    one.node = field(line, "node")
    one.message = ""
  }
}

/** Reads a piece of the scheduler's log. */
export const readHistory = (log: string): ReadonlyArray<Happening> => {
  const history: Array<Open | Happening> = []
  const open = new Map<string, Open>()
  let last: Open | undefined
  for (const line of log.split("\n")) {
    const [, told, of = ""] = toldLine.exec(line) ?? []
    if (told !== undefined) history.push({ told: told as Told, pod: of })
    const [, waits] = waitsLine.exec(line) ?? []
    if (waits !== undefined) history.push({ told: "still waits", pod: waits })
    if (line.includes(begins)) {
      const pod = field(line, "pod")
      last = { pod, node: null, message: undefined, asksToLeave: false, victims: [], lines: [] }
      open.set(pod, last)
      history.push(last)
    }
    last?.lines.push(line)
    note(line, open)
  }
  return history.map((one) => ("lines" in one ? { tried: closed(one) } : one))
}

const count = (log: string, words: string): number => log.split(words).length - 1

/** Whether each try and each preemption that began in a piece of the log has ended in it. */
export const isComplete = (log: string): boolean =>
  count(log, begins) === count(log, refused) + count(log, bound) &&
  count(log, asked) === count(log, '"Async Preemption finished completely"')
