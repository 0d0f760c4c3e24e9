/** The types of the package `exifr` name it, also where there is no browser. */
interface HTMLImageElement {}
