import { type InNamespace, type Job, type Problem, requestOf } from "@orrery/core"
import { Result } from "effect"
import type { CondorConfig } from "./Client.ts"
import { carried } from "./carried.ts"
import { isAttributeName, quote, words } from "./classAd.ts"

/** The attribute that makes a job ours and names it. */
export const nameAttribute = "OrreryName"
/**
 * The attribute that holds what was asked for: the queue is where goals live. In base64, since HTCondor prints newlines and
 * backslashes of an ad's texts so in JSON that they cannot be told apart again.
 */
export const specAttribute = "OrrerySpec"
/** Set just before an ended job is taken out of the queue; history keeps the ad, and we no longer count it. */
export const forgottenAttribute = "OrreryForgotten"

/** The image of jobs that run a program of the machine itself. */
export const hostImage = "host"
/** HTCondor's own default size of a concurrency limit that nobody configured; one job takes its share of it. */
const limitTotal = 2_308_032
const mebibyte = 2 ** 20

/** The name of a job's folder and of its concurrency limit. */
export const folderOf = ({ name, namespace }: Pick<InNamespace<Job>, "name" | "namespace">): string =>
  `${namespace}.${name}`

/** What this provider does not translate, each with its place; empty where the job can be submitted. */
export const problemsOf = (job: Job, runs: CondorConfig["runs"] = "host"): ReadonlyArray<Problem> => {
  const { affinity, containers, initContainers, nodeSelector, sidecars, tolerations, topologySpread, volumes } = job.pod
  const [container] = containers
  const problem = (path: string, message: string, remedy: string): Problem => ({ path, message, remedy })
  return [
    ...(containers.length > 1
      ? [problem("pod.containers", "HTCondor runs one program a job", "leave one container")]
      : []),
    ...(initContainers.length > 0
      ? [problem("pod.initContainers", "HTCondor has none", "do it in the job's own command")]
      : []),
    ...(sidecars === undefined
      ? []
      : [problem("pod.sidecars", "HTCondor runs one program a job", "start it in the job's own command")]),
    ...(topologySpread === undefined
      ? []
      : [problem("pod.topologySpread", "HTCondor spreads nothing", "use node_selector on machine attributes")]),
    ...(container?.securityContext === undefined && job.pod.securityContext === undefined
      ? []
      : [
          problem(
            "pod.containers.0.securityContext",
            "HTCondor runs a job as its owner, or as the pool is configured",
            "leave it out"
          )
        ]),
    ...(job.ttlAfterEndMs === undefined
      ? []
      : [problem("ttlAfterEnd", "HTCondor forgets no job together with its folder", "remove the job once it is over")]),
    ...(job.held && job.after !== undefined
      ? [problem("held", "a job that waits for others is held for that by us", "leave out `held` or `after`")]
      : []),
    ...(volumes.length > 0
      ? [problem("pod.volumes", "HTCondor mounts none", "use the pool's shared file system")]
      : []),
    ...(affinity === undefined
      ? []
      : [problem("pod.affinity", "not translated", "use node_selector on machine attributes")]),
    ...(tolerations.length > 0 ? [problem("pod.tolerations", "HTCondor has no taints", "leave them out")] : []),
    ...(runs === "host" && container?.image !== hostImage
      ? [
          problem(
            "pod.containers.0.image",
            `this pool runs no images, found ${JSON.stringify(container?.image)}`,
            `write image: ${hostImage}`
          )
        ]
      : []),
    ...(runs === "host" && container?.command === undefined
      ? [
          problem(
            "pod.containers.0.command",
            "a program of the machine must be named",
            "give the command with its full path"
          )
        ]
      : []),
    ...(container?.command?.[0]?.includes("$$")
      ? [problem("pod.containers.0.command.0", "HTCondor expands $$ in a program's name", "give it a name without")]
      : []),
    ...wordsOf(job).flatMap(([path, word]) =>
      word.includes("\0") ? [problem(path, "no program can be given a zero byte", "leave it out")] : []
    ),
    ...(requestOf(job.pod).gpuMilli % 1000 === 0
      ? []
      : [problem("pod.containers.0.resources.requests.gpu", "HTCondor gives whole GPUs", "ask for a whole number")]),
    ...(container?.environment ?? []).flatMap((variable, index) =>
      variable.secret === undefined
        ? []
        : [
            problem(
              `pod.containers.0.environment.${index}`,
              "HTCondor keeps no secrets",
              "read the secret inside the job"
            )
          ]
    ),
    ...Object.entries(nodeSelector).flatMap(([key, value]) =>
      /[\p{Cc}\\$]/u.test(value)
        ? [
            problem(
              `pod.nodeSelector.${key}`,
              "HTCondor's requirements cannot hold this value",
              "select by another attribute"
            )
          ]
        : []
    ),
    ...Object.keys(nodeSelector).flatMap((key) =>
      isAttributeName(key)
        ? []
        : [
            problem(
              `pod.nodeSelector.${key}`,
              "no machine attribute can have this name",
              "name an attribute of the machines' ads"
            )
          ]
    )
  ]
}

/** All texts that a job's program is given, each with its place. */
const wordsOf = ({ pod: { containers } }: Job): ReadonlyArray<readonly [path: string, word: string]> =>
  containers.flatMap(({ args = [], command = [], environment }, at) => [
    ...command.map((word, i) => [`pod.containers.${at}.command.${i}`, word] as const),
    ...args.map((word, i) => [`pod.containers.${at}.args.${i}`, word] as const),
    ...environment.map(({ value = "" }, i) => [`pod.containers.${at}.environment.${i}`, value] as const)
  ])

/** A job as a submit description, or all that keeps it from being one. Every text a user wrote is inside a ClassAd string. */
export const submitText = (
  job: InNamespace<Job>,
  folder: string,
  runs: CondorConfig["runs"] = "host"
): Result.Result<string, ReadonlyArray<Problem>> => {
  const problems = problemsOf(job, runs)
  const [container] = job.pod.containers
  if (problems.length > 0 || container === undefined) return Result.fail(problems)
  const request = requestOf(job.pod)
  const { args, environment, program } = carried(
    [...(container.command ?? []), ...(container.args ?? [])],
    [...container.environment.map(({ name, value = "" }) => `${name}=${value}`), `JOB_NAME=${job.name}`]
  )
  const requirements = Object.entries(job.pod.nodeSelector).map(
    ([key, value]) => `(TARGET.${key} =?= ${scalar(value)})`
  )
  const lines = [
    ...(runs === "container"
      ? ["universe = container", `container_image = ${literal(`docker://${container.image}`)}`]
      : ["universe = vanilla"]),
    `executable = ${literal(program)}`,
    "transfer_executable = false",
    "should_transfer_files = IF_NEEDED",
    `initialdir = ${literal(folder)}`,
    "output = out.$(Process)",
    "error = err.$(Process)",
    "log = events",
    // Not streamed: what a job prints last is lost then, as much as a pipe holds. Without, the job writes to the files itself
    // where machines share a file system, and they are copied at its end where not.
    `MY.Arguments = ${literal(quote(words(args)))}`,
    `MY.Environment = ${literal(quote(words([...environment, "JOB_INDEX=\u0000"]))).replace("\u0000", () => "$(Process)")}`,
    `request_cpus = ${Math.max(1, Math.ceil(request.cpuMilli / 1000))}`,
    `request_memory = ${Math.max(1, Math.ceil(request.memoryBytes / mebibyte))}`,
    ...(request.gpuMilli > 0 ? [`request_gpus = ${request.gpuMilli / 1000}`] : []),
    ...(requirements.length > 0 ? [`requirements = ${literal(requirements.join(" && "))}`] : []),
    `priority = ${job.pod.priority}`,
    ...(job.retries > 0 ? [`max_retries = ${job.retries}`] : []),
    ...(job.deadlineMs === undefined ? [] : [`periodic_remove = time() - QDate > ${Math.ceil(job.deadlineMs / 1000)}`]),
    ...(job.parallelism < job.completions
      ? [`concurrency_limits = orrery_${limitName(job)}:${Math.floor(limitTotal / job.parallelism)}`]
      : []),
    // one that waits for others is let go by our own loop
    ...(job.held || job.after !== undefined ? ["hold = true"] : []),
    // an ended job stays until it is forgotten: its ad is the only record of how it ended
    `leave_in_queue = ${forgottenAttribute} =!= true`,
    `MY.${nameAttribute} = ${literal(quote(`${job.namespace}/${job.name}`))}`,
    `MY.${specAttribute} = ${quote(Buffer.from(JSON.stringify(job), "utf8").toString("base64"))}`,
    `queue ${job.completions}`
  ]
  return Result.succeed(`${lines.join("\n")}\n`)
}

/**
 * Submit descriptions expand `$(...)`, and the schedd puts a machine's attributes in for `$$(...)` when a job starts: no
 * dollar of the user's may reach either as one.
 */
const literal = (text: string): string =>
  text.replace(/\$\$?/g, (found) => (found === "$" ? "$(DOLLAR)" : "$$(DOLLARDOLLAR)"))

/** No two jobs' names give the same: names hold no underscores of their own. */
const limitName = (job: InNamespace<Job>): string => folderOf(job).replaceAll(".", "_d").replaceAll("-", "_h")

/** Machine attributes are numbers and truth values as well as texts; a selector's value means the one it looks like. */
const scalar = (value: string): string => (/^(true|false|-?\d{1,15}(\.\d{1,6})?)$/i.test(value) ? value : quote(value))
