/** `640`, `12.4k`, `1.2M`: a count in as many characters as a row can spare. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_500) return `${short(count / 1_000)}k`;
  return `${short(count / 1_000_000)}M`;
}

/** `1 file`, `12.4k files`, `2 copies`. */
export function counted(count: number, noun: string): string {
  const many = noun.endsWith("py") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

/** `812 B`, `4.1 kB`, `2.5 MB`: decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${short(bytes / 1_000)} kB`;
  return `${short(bytes / 1_000_000)} MB`;
}

/** `46 h`, `12 min`, `20 d`: time left, rounded down, at least a minute. */
export function formatDuration(milliseconds: number): string {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** One decimal below a hundred, none above. */
function short(value: number): string {
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}
