/** The smallest box around points. */
export class Box {
  readonly edges: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];

  add(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const { edges } = this;
    edges[0] = Math.min(edges[0], x);
    edges[1] = Math.min(edges[1], y);
    edges[2] = Math.max(edges[2], x);
    edges[3] = Math.max(edges[3], y);
  }

  /** Adds what stands as `longitude,latitude,height` with spaces between. */
  addTuples(text: string): void {
    // The last one may be cut off.
    const whole = text.length < 1000 ? text : text.slice(0, text.lastIndexOf(" "));
    for (const tuple of whole.split(/\s+/u)) {
      const [x, y] = tuple.split(",");
      if (x && y) this.add(Number(x), Number(y));
    }
  }
}
