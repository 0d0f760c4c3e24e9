/** Puts a class on another rung than the relaxed choice did. */
export interface Move {
  readonly owner: number;
  readonly rung: number;
  /** What it adds to the relaxed choice. */
  readonly tokens: number;
  readonly value: number;
}

/** The moves that led to a state, last first. */
export interface Made {
  readonly move: Move;
  readonly before: Made | undefined;
}

/** From where states start: what the relaxed choice left, and what is asked for, as more than its value. */
interface Start {
  readonly left: number;
  readonly price: number;
  readonly best: number;
  readonly enough: number;
}

/** States side by side, the most valuable first: what each adds to the relaxed choice. */
interface Table {
  readonly tokens: Float64Array;
  readonly value: Float64Array;
  readonly made: (Made | undefined)[];
  count: number;
}

/**
 * Values are cut into so many cells, and of the states in a cell only the lightest is kept: whatever can be added to another can be added to it, for
 * a value that hardly differs.
 */
const cells = 1500;

/** The move that changes nothing. */
const stay: Move = { owner: -1, rung: 0, tokens: 0, value: 0 };

/** What can be made of the relaxed choice by moves of some classes. Starts with no move at all. */
export class States {
  /** States that were looked at. */
  work = 0;
  /** The best state that fits and is worth more than the best so far. */
  found: Made | undefined;
  readonly #start: Start;
  #best: number;
  #now: Table = table();
  #next: Table = table();
  readonly #lightest: Float64Array = new Float64Array(cells + 1);
  readonly #value: Float64Array = new Float64Array(cells + 1);
  readonly #origin: Int32Array = new Int32Array(cells + 1);

  constructor(start: Start) {
    this.#start = start;
    this.#best = start.best;
    this.#now.count = 1;
  }

  /** By how much a state's bound may lie below that of the relaxed choice and still promise more than enough. */
  get slack(): number {
    return this.#start.enough - this.#best;
  }

  /** Makes one of the moves of a class, or none, in each state. Tokens above the room are fine as long as later moves can save them. */
  expand(moves: readonly Move[], saving: number): void {
    const { value, count } = this.#now;
    const options = [stay, ...moves];
    const gains = options.map((move) => move.value);
    const low = (value[count - 1] ?? 0) + Math.min(...gains);
    const high = (value[0] ?? 0) + Math.max(...gains);
    const perValue = high > low ? cells / (high - low) : 0;
    this.#lightest.fill(Infinity);
    for (const index of options.keys()) this.#make(options, index, { low, perValue, saving });
    this.#keep(options);
    // To clear and to read the cells takes about as long as to look at an eighth as many states.
    this.work += count * options.length + cells / 8;
  }

  #make(
    options: readonly Move[],
    index: number,
    { low, perValue, saving }: { low: number; perValue: number; saving: number },
  ): void {
    const { left, price } = this.#start;
    const { tokens, value, made, count } = this.#now;
    const { slack } = this;
    const move = options[index] ?? stay;
    for (let from = 0; from < count; from++) {
      const weight = (tokens[from] ?? 0) + move.tokens;
      const worth = (value[from] ?? 0) + move.value;
      if (weight > left + saving || price * weight - worth > slack) continue;
      if (weight <= left && worth > this.#best) {
        this.#best = worth;
        this.found = { move, before: made[from] };
      }
      this.#put(Math.floor((worth - low) * perValue), weight, worth, from * options.length + index);
    }
  }

  #put(cell: number, weight: number, worth: number, origin: number): void {
    const lightest = this.#lightest[cell] ?? 0;
    if (weight > lightest || (weight === lightest && worth <= (this.#value[cell] ?? 0))) return;
    this.#lightest[cell] = weight;
    this.#value[cell] = worth;
    this.#origin[cell] = origin;
  }

  /** Keeps what is lighter than all that is worth more. */
  #keep(options: readonly Move[]): void {
    const [now, next] = [this.#now, this.#next];
    next.count = 0;
    let lightest = Infinity;
    for (let cell = cells; cell >= 0; cell--) {
      const weight = this.#lightest[cell] ?? Infinity;
      if (weight >= lightest) continue;
      lightest = weight;
      const origin = this.#origin[cell] ?? 0;
      const before = now.made[Math.floor(origin / options.length)];
      const move = options[origin % options.length] ?? stay;
      next.tokens[next.count] = weight;
      next.value[next.count] = this.#value[cell] ?? 0;
      next.made[next.count] = move === stay ? before : { move, before };
      next.count++;
    }
    this.#now = next;
    this.#next = now;
  }
}

function table(): Table {
  return {
    tokens: new Float64Array(cells + 1),
    value: new Float64Array(cells + 1),
    made: [],
    count: 0,
  };
}
