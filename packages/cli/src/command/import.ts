import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { printedAs } from "./flags.ts"

/** Who is to play the scenario: the real scheduler's double, or a whole fleet in virtual time. */
const players = ["place", "simulate"] as const

const about = (player: (typeof players)[number]): string =>
  `# A live cluster as it was, for \`compute ${player}\`. Neither secrets nor commands nor variables are in it.`

const load = {
  provider: Effect.promise(() => import("@orrery/provider-k8s")),
  yaml: Effect.promise(() => import("yaml"))
}

/** The objects as they are, which `place` reads. */
const printObjects = Effect.fnUntraced(function* (objects: ReadonlyArray<object>) {
  const { stringify } = yield* load.yaml
  yield* Console.log(about("place"))
  for (const object of objects)
    yield* Console.log(`---\n${stringify(object, { aliasDuplicateObjects: false }).trimEnd()}`)
})

/** The same pods on rented machines like the cluster's nodes, which `simulate` reads. */
const printFleet = Effect.fnUntraced(function* (objects: ReadonlyArray<object>) {
  const { fleetFile } = yield* Effect.promise(() => import("../output/fleetFile.ts"))
  yield* Console.log(about("simulate"))
  yield* Console.log(fleetFile(objects).trimEnd())
})

/** Writes a live cluster down as a scenario. */
export const importCommand = Command.make(
  "import",
  {
    kubeconfig: Flag.String("kubeconfig").pipe(
      Flag.optional,
      Flag.withMetavar("FILE"),
      Flag.withDescription("The cluster's kubeconfig; left out, found as kubectl finds it")
    ),
    context: Flag.String("context").pipe(Flag.optional, Flag.withDescription("One of its contexts")),
    hashNames: Flag.Boolean("hash-names").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Change every name into one that tells nothing")
    ),
    player: Flag.Literals("for", players).pipe(
      Flag.withDefault("place" as const),
      Flag.withDescription("Which command is to take it")
    )
  },
  Effect.fn("cli.import")(function* ({ context, hashNames, kubeconfig, player }) {
    yield* printedAs("table", "yaml")
    const { KubernetesAdmin, layer } = yield* load.provider
    const config = {
      ...(Option.isSome(kubeconfig) ? { kubeconfig: kubeconfig.value } : {}),
      ...(Option.isSome(context) ? { context: context.value } : {})
    }
    const objects = yield* KubernetesAdmin.use((admin) => admin.liveScenario({ hashNames })).pipe(
      Effect.provide(layer(config))
    )
    yield* player === "place" ? printObjects(objects) : printFleet(objects)
  })
).pipe(
  Command.withDescription("Write a live Kubernetes cluster down as a scenario: nodes, pods, budgets, classes, use"),
  Command.withExamples([
    { command: "compute import --kubeconfig ~/.kube/config --hash-names > objects.yaml" },
    { command: "compute import --for simulate > fleet.yaml" }
  ])
)
