/**
 * Revenue per region for one quarter, against its target. Run it with `node pipeline.ts Q4`.
 */
import { readFileSync } from "node:fs";

interface Sale {
  readonly region: string;
  readonly month: string;
  readonly product: string;
  readonly units: number;
  readonly revenue: number;
  readonly target: number;
}

export interface RegionResult {
  readonly region: string;
  readonly revenue: number;
  readonly target: number;
  /** Revenue as a share of the target: 1 is a hit. */
  readonly attainment: number;
}

const months: Readonly<Record<string, readonly string[]>> = {
  Q1: ["2025-01", "2025-02", "2025-03"],
  Q2: ["2025-04", "2025-05", "2025-06"],
  Q3: ["2025-07", "2025-08", "2025-09"],
  Q4: ["2025-10", "2025-11", "2025-12"],
};

export function readSales(csv: string): readonly Sale[] {
  const [, ...rows] = csv.trim().split("\n");
  return rows.map((row) => {
    const [region = "", month = "", product = "", units, revenue, target] = row.split(",");
    return {
      region,
      month,
      product,
      units: Number(units),
      revenue: Number(revenue),
      target: Number(target),
    };
  });
}

/** Best attainment first. */
export function revenueByRegion(sales: readonly Sale[], quarter: string): readonly RegionResult[] {
  const inQuarter = sales.filter((sale) => months[quarter]?.includes(sale.month));
  const results = Object.entries(Object.groupBy(inQuarter, (sale) => sale.region)).map(
    ([region, rows = []]) => {
      const revenue = sum(rows.map((row) => row.revenue));
      const target = sum(rows.map((row) => row.target));
      return { region, revenue, target, attainment: revenue / target };
    },
  );
  return results.toSorted((a, b) => b.attainment - a.attainment);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

if (import.meta.main) {
  const sales = readSales(readFileSync(new URL("sales.csv", import.meta.url), "utf8"));
  console.table(revenueByRegion(sales, process.argv[2] ?? "Q4"));
}
