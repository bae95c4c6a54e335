/** Whether one item belongs before another; it need not be a true order. */
type IsBefore<T> = (left: T, right: T) => boolean

/** Up to this length, and for what is left at the end, items are inserted one by one. */
const insertionMax = 12
/** From this length on, a pivot is chosen among nine items and not among three. */
const ninesFrom = 50
/** From this length on, a range that looks sorted is put right by moving a few items. */
const repairFrom = 50
const repairsMax = 5

interface Pivot {
  readonly at: number
  readonly looks: "sorted" | "reversed" | "mixed"
}

/**
 * The pattern-defeating quicksort of the language the real scheduler is written in, step by step: among items of which none
 * belongs before the other, only the same steps leave the same order.
 */
export class UnstableSort<T> {
  readonly #items: Array<T>
  readonly #isBefore: IsBefore<T>

  private constructor(items: ReadonlyArray<T>, isBefore: IsBefore<T>) {
    this.#items = [...items]
    this.#isBefore = isBefore
  }

  /** A sorted copy. */
  static sorted<T>(items: ReadonlyArray<T>, isBefore: IsBefore<T>): Array<T> {
    const sort = new UnstableSort(items, isBefore)
    sort.#sort(0, items.length, bitLength(items.length))
    return sort.#items
  }

  #less(left: number, right: number): boolean {
    return this.#isBefore(this.#items[left] as T, this.#items[right] as T)
  }

  #swap(left: number, right: number): void {
    const moved = this.#items[left] as T
    this.#items[left] = this.#items[right] as T
    this.#items[right] = moved
  }

  /** Sorts a range; after so many lopsided partitions it turns to a heap. */
  #sort(from: number, to: number, lopsidedMax: number): void {
    let [low, high, left] = [from, to, lopsidedMax]
    let [isBalanced, isPartitioned] = [true, true]
    while (high - low > insertionMax) {
      if (left === 0) {
        this.#heapSort(low, high)
        return
      }
      if (!isBalanced) {
        this.#scatter(low, high)
        left--
      }
      let { at, looks } = this.#pivot(low, high)
      if (looks === "reversed") {
        this.#reverse(low, high)
        at = high - 1 - (at - low)
        looks = "sorted"
      }
      if (isBalanced && isPartitioned && looks === "sorted" && this.#repair(low, high)) return
      if (low > 0 && !this.#less(low - 1, at)) {
        low = this.#partitionEqual(low, high, at)
        continue
      }
      const length = high - low
      const parted = this.#partition(low, high, at)
      isPartitioned = parted.wasParted
      const [before, after] = [parted.at - low, high - parted.at]
      isBalanced = Math.min(before, after) >= Math.floor(length / 8)
      if (before < after) {
        this.#sort(low, parted.at, left)
        low = parted.at + 1
      } else {
        this.#sort(parted.at + 1, high, left)
        high = parted.at
      }
    }
    this.#insert(low, high)
  }

  #insert(low: number, high: number): void {
    for (let end = low + 1; end < high; end++)
      for (let at = end; at > low && this.#less(at, at - 1); at--) this.#swap(at, at - 1)
  }

  #reverse(low: number, high: number): void {
    for (let [left, right] = [low, high - 1]; left < right; left++, right--) this.#swap(left, right)
  }

  #pivot(low: number, high: number): Pivot {
    const length = high - low
    const quarter = Math.floor(length / 4)
    let swaps = 0
    const ordered = (one: number, other: number): readonly [number, number] => {
      if (!this.#less(other, one)) return [one, other]
      swaps++
      return [other, one]
    }
    const median = (one: number, two: number, three: number): number => {
      const [least, middle] = ordered(one, two)
      const [lower] = ordered(middle, three)
      return ordered(least, lower)[1]
    }
    let places: readonly [number, number, number] = [low + quarter, low + quarter * 2, low + quarter * 3]
    if (length >= ninesFrom) {
      const near = (at: number): number => median(at - 1, at, at + 1)
      places = [near(places[0]), near(places[1]), near(places[2])]
    }
    const at = median(...places)
    return { at, looks: swaps === 0 ? "sorted" : swaps === 12 ? "reversed" : "mixed" }
  }

  /** Puts a few neighbours right; whether all is sorted then. */
  #repair(low: number, high: number): boolean {
    let at = low + 1
    for (let repairs = 0; repairs < repairsMax; repairs++) {
      while (at < high && !this.#less(at, at - 1)) at++
      if (at === high) return true
      if (high - low < repairFrom) return false
      this.#swap(at, at - 1)
      if (at - low >= 2)
        for (let down = at - 1; down >= 1 && this.#less(down, down - 1); down--) this.#swap(down, down - 1)
      if (high - at >= 2) for (let up = at + 1; up < high && this.#less(up, up - 1); up++) this.#swap(up, up - 1)
    }
    return false
  }

  /** Moves what belongs before the pivot before it, and says where the pivot is then. */
  #partition(low: number, high: number, pivot: number): { readonly at: number; readonly wasParted: boolean } {
    this.#swap(low, pivot)
    let [left, right] = [low + 1, high - 1]
    let wasParted = true
    for (;;) {
      while (left <= right && this.#less(left, low)) left++
      while (left <= right && !this.#less(right, low)) right--
      if (left > right) break
      wasParted = false
      this.#swap(left++, right--)
    }
    this.#swap(right, low)
    return { at: right, wasParted }
  }

  /** Where nothing belongs before the pivot: moves its equals to the front, and says where the others begin. */
  #partitionEqual(low: number, high: number, pivot: number): number {
    this.#swap(low, pivot)
    let [left, right] = [low + 1, high - 1]
    for (;;) {
      while (left <= right && !this.#less(low, left)) left++
      while (left <= right && this.#less(low, right)) right--
      if (left > right) return left
      this.#swap(left++, right--)
    }
  }

  /** Moves three items from the middle to drawn places; what is drawn follows from the length alone. */
  #scatter(low: number, high: number): void {
    const length = high - low
    const mask = (1n << BigInt(bitLength(length))) - 1n
    const middle = low + Math.floor(length / 4) * 2
    let drawn = BigInt(length)
    for (let at = middle - 1; at <= middle + 1; at++) {
      drawn ^= BigInt.asUintN(64, drawn << 13n)
      drawn ^= drawn >> 7n
      drawn ^= BigInt.asUintN(64, drawn << 17n)
      const other = Number(drawn & mask)
      this.#swap(at, low + (other >= length ? other - length : other))
    }
  }

  #heapSort(low: number, high: number): void {
    const size = high - low
    for (let at = Math.floor((size - 1) / 2); at >= 0; at--) this.#sink(at, size, low)
    for (let last = size - 1; last >= 0; last--) {
      this.#swap(low, low + last)
      this.#sink(0, last, low)
    }
  }

  #sink(from: number, size: number, low: number): void {
    let at = from
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#less(low + child, low + child + 1)) child++
      if (!this.#less(low + at, low + child)) return
      this.#swap(low + at, low + child)
      at = child
    }
  }
}

/** How many binary digits a whole number has. */
const bitLength = (value: number): number => 32 - Math.clz32(value)
