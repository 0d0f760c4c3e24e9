import type { Extractor } from "./extraction.ts";
import type { Family } from "./families.ts";

/** Images, archives, arrays of science and maps. What reads them is loaded with the first file of the kind. */
export const dataFamilies: readonly Family[] = [
  {
    name: "images",
    extract: later(async () => (await import("./images/image.ts")).extractImage),
    extensions: "png apng jpg jpeg jpe jfif gif bmp dib tif tiff webp ico cur avif heic heif psd",
    isText: false,
    magic: "png apng jpg gif bmp tif webp ico cur avif heic psd",
  },
  {
    name: "SVG",
    extract: later(async () => (await import("./images/svg.ts")).extractSvg),
    extensions: "svg",
    isText: true,
  },
  {
    name: "ZIP archives",
    extract: later(async () => (await import("./archives/zip.ts")).extractZip),
    extensions: "zip jar war ear aar apk aab ipa vsix whl egg nupkg xpi crx cbz kmz",
    isText: false,
    magic: "zip jar apk xpi crx",
  },
  {
    name: "TAR archives",
    extract: later(async () => (await import("./archives/tar.ts")).extractTar),
    extensions: "tar gem",
    isText: false,
    magic: "tar",
  },
  {
    name: "gzip files",
    extract: later(async () => (await import("./archives/gzip.ts")).extractGzip),
    extensions: "gz tgz",
    isText: false,
    magic: "gz tar.gz",
  },
  {
    name: "RAR archives",
    extract: later(async () => (await import("./archives/rar.ts")).extractRar),
    extensions: "rar cbr",
    isText: false,
    magic: "rar",
  },
  {
    name: "packed files",
    extract: later(async () => (await import("./archives/packed.ts")).extractPacked),
    extensions: "bz2 tbz2 xz txz 7z zst tzst",
    isText: false,
    magic: "bz2 xz 7z zst",
  },
  {
    name: "NumPy arrays",
    extract: later(async () => (await import("./science/numpy.ts")).extractNpy),
    extensions: "npy",
    isText: false,
  },
  {
    name: "NumPy archives",
    extract: later(async () => (await import("./science/numpy.ts")).extractNpz),
    extensions: "npz",
    isText: false,
  },
  {
    name: "MATLAB data",
    extract: later(async () => (await import("./science/matlab.ts")).extractMatlab),
    extensions: "mat",
    isText: false,
  },
  {
    name: "NetCDF",
    extract: later(async () => (await import("./science/netcdf.ts")).extractNetcdf),
    extensions: "nc nc3 nc4 cdf",
    isText: false,
  },
  {
    name: "HDF5",
    extract: later(async () => (await import("./science/hdf5.ts")).extractHdf5),
    extensions: "h5 hdf5 he5",
    isText: false,
  },
  {
    name: "FITS",
    extract: later(async () => (await import("./science/fits.ts")).extractFits),
    extensions: "fits fit fts",
    isText: false,
  },
  {
    name: "GeoJSON",
    extract: later(async () => (await import("./maps/geojson.ts")).extractGeoJson),
    extensions: "geojson",
    isText: true,
  },
  {
    name: "shapefiles",
    extract: later(async () => (await import("./maps/shapefile.ts")).extractShapefile),
    extensions: "shp shx",
    isText: false,
    magic: "shp",
  },
  {
    name: "dBASE tables",
    extract: later(async () => (await import("./maps/dbf.ts")).extractDbf),
    extensions: "dbf",
    isText: false,
  },
  {
    name: "KML",
    extract: later(async () => (await import("./maps/kml.ts")).extractKml),
    extensions: "kml",
    isText: true,
  },
  {
    name: "GPX",
    extract: later(async () => (await import("./maps/gpx.ts")).extractGpx),
    extensions: "gpx",
    isText: true,
  },
];

/** An extractor that is loaded when it is first called. */
function later(load: () => Promise<Extractor>): Extractor {
  return async (file, pause) => (await load())(file, pause);
}
