import { existsSync } from "node:fs"
import { join } from "node:path"
import { element, svg, text } from "./svg.ts"

/** A folder of core, what people call it, and files of it that say what it is about. */
interface Layer {
  readonly folder: string
  readonly says: string
  readonly files: ReadonlyArray<string>
}

// From the outside in, as the imports go; `npm run docs` fails where a file named here is not there any more.
const layers: ReadonlyArray<Layer> = [
  { folder: "loop", says: "what runs again and again", files: ["control", "apply", "autoscale"] },
  { folder: "middleware", says: "around every call", files: ["guard", "retry", "limit", "observe", "recording"] },
  { folder: "ports", says: "all that a new cloud must fill", files: ["Machines", "Hosts"] },
  { folder: "service", says: "what a backend promises", files: ["ClusterManager", "ContainerManager", "Scheduler"] },
  {
    folder: "decide",
    says: "pure: values in, reasons out",
    files: ["place", "pack", "scalePools", "diff", "drain", "price"]
  },
  { folder: "model", says: "plain immutable data", files: ["ClusterSpec", "Deployment", "Job", "Plan", "Snapshot"] }
]

const backends = [
  { package: "provider-aws", name: "AWS EC2", says: ["rents machines"] },
  { package: "provider-k8s", name: "Kubernetes", says: ["any API server"] },
  { package: "provider-condor", name: "HTCondor", says: ["any pool"] },
  { package: "simulator", name: "Simulator", says: ["virtual time, one seed,", "faults, exact schedulers"] }
]

/** Who uses core, each by the same services. */
const users = [
  { name: "your app", says: "promises, or Effect layers", fill: "#fff", stroke: "#b7c3d1" },
  { name: "compute", says: "the command", fill: "#fff", stroke: "#b7c3d1" },
  { name: "contract", says: "checks that judge every backend", fill: "#f3ecfb", stroke: "#bda3dd" }
]

const width = 800
const left = 24
const gap = 16
const coreWidth = width - 2 * left
const rowHeight = 44
const coreTop = 92
const coreHeight = 40 + layers.length * rowHeight
const backendTop = coreTop + coreHeight + 44
const backendHeight = 78
const height = backendTop + backendHeight + 24

const style = [
  "text{font-family:ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif;font-size:14px;fill:#24303d}",
  ".name{font-weight:600}",
  ".light{fill:#5d6b7a;font-size:12.5px}",
  ".code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12.5px}",
  ".arrow{stroke:#8795a5;stroke-width:1.5;fill:none}"
].join("")

const box = (x: number, y: number, w: number, h: number, fill: string, stroke: string): string =>
  element("rect", { x, y, width: w, height: h, rx: 8, fill, stroke })
const middle = { "text-anchor": "middle" }

/** A line straight down, with a head at its end. */
const arrow = (x: number, from: number, to: number): string =>
  element("path", { class: "arrow", d: `M${x},${from}V${to}M${x - 4},${to - 6}L${x},${to}L${x + 4},${to - 6}` })
/** How wide boxes are that stand side by side. */
const widthOfEach = (count: number): number => (coreWidth - gap * (count - 1)) / count

const drawLayer = ({ files, folder, says }: Layer, index: number): ReadonlyArray<string> => {
  const y = coreTop + 32 + index * rowHeight
  return [
    box(left + 12, y, coreWidth - 24, rowHeight - 6, "#fff", "#d5e0ee"),
    text(left + 26, y + 17, folder, { class: "name" }),
    text(left + 26, y + 32, says, { class: "light" }),
    text(left + coreWidth - 26, y + 24, files.join(" · "), { class: "code", "text-anchor": "end" })
  ]
}

const drawBackend = ({ name, says }: (typeof backends)[number], index: number): ReadonlyArray<string> => {
  const own = widthOfEach(backends.length)
  const x = left + index * (own + gap)
  const [fill, stroke] = name === "Simulator" ? ["#fff4dc", "#e5c071"] : ["#e9f5ec", "#9ccbab"]
  return [
    box(x, backendTop, own, backendHeight, fill, stroke),
    text(x + own / 2, backendTop + 27, name, { class: "name", ...middle }),
    ...says.map((line, at) => text(x + own / 2, backendTop + 46 + 16 * at, line, { class: "light", ...middle })),
    arrow(x + own / 2, coreTop + coreHeight, backendTop - 3)
  ]
}

const drawUser = ({ fill, name, says, stroke }: (typeof users)[number], index: number): ReadonlyArray<string> => {
  const own = widthOfEach(users.length)
  const x = left + index * (own + gap)
  return [
    box(x, 20, own, 48, fill, stroke),
    text(x + own / 2, 40, name, { class: "name", ...middle }),
    text(x + own / 2, 57, says, { class: "light", ...middle }),
    arrow(x + own / 2, 68, coreTop - 3)
  ]
}

const missing = (): ReadonlyArray<string> =>
  [
    ...layers.flatMap(({ files, folder }) => files.map((file) => join("packages/core/src", folder, `${file}.ts`))),
    ...backends.map((backend) => join("packages", backend.package))
  ].filter((path) => !existsSync(path))

/** How the project is made, drawn from the folders and files that are there. */
export const architecture = (): string => {
  const gone = missing()
  if (gone.length > 0) throw new Error(`the picture names what is not there: ${gone.join(", ")}`)
  return svg({ width, height, title: "How Orrery is made: an app or the command, core, and four backends" }, style, [
    element("rect", { width, height, rx: 10, fill: "#f7f9fb" }),
    ...users.flatMap(drawUser),
    box(left, coreTop, coreWidth, coreHeight, "#eaf2fb", "#a8c4e6"),
    text(left + 14, coreTop + 21, "core", { class: "name" }),
    text(left + 54, coreTop + 21, "one vocabulary, three services, the same for every backend", { class: "light" }),
    ...layers.flatMap(drawLayer),
    ...backends.flatMap(drawBackend)
  ])
}
