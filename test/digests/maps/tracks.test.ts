import assert from "node:assert/strict";
import { test } from "node:test";
import { extracted, factsOf, linesOf } from "../extracted.ts";

test("KML is told by its folders and placemarks", async () => {
  const kml = `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Trip</name>
<Folder><name>Day 1</name><Placemark><name>Inn</name><Point><coordinates>7,46,0</coordinates></Point></Placemark>
<Placemark><name>Way</name><LineString><coordinates>7,46 8.5,47,10</coordinates></LineString></Placemark></Folder></Document></kml>`;
  assert.deepEqual(await factsOf("kml", kml), {
    title: "Trip",
    placemarks: "2",
    folders: "1",
    geometries: "1 Point, 1 LineString",
    "bounds of the first points": "7 to 8.5, 46 to 47",
    CRS: "WGS 84",
  });
  assert.deepEqual(await linesOf("kml", kml), ["Folder Day 1", "Placemark Inn", "Placemark Way"]);
});

test("GPX is told by its tracks, points, bounds and time", async () => {
  const gpx = `<gpx version="1.1" creator="me"><metadata><name>Walk</name><time>2020-01-01T00:00:00Z</time></metadata>
<wpt lat="46" lon="7"><name>Hut</name></wpt><trk><name>Up</name><trkseg>
<trkpt lat="46.5" lon="7.5"><time>2024-05-06T07:00:00Z</time></trkpt>
<trkpt lat="47" lon="8"><time>2024-05-06T09:00:00Z</time></trkpt></trkseg></trk></gpx>`;
  assert.deepEqual(await factsOf("gpx", gpx), {
    title: "Walk",
    tracks: "1",
    "track points": "2",
    waypoints: "1",
    bounds: "7 to 8, 46 to 47",
    time: "2024-05-06T07:00:00Z to 2024-05-06T09:00:00Z",
    creator: "me",
  });
  assert.deepEqual(await linesOf("gpx", gpx), ["waypoint Hut", "track Up"]);
});

test("entities of XML are not expanded, and depth does not matter", async () => {
  const bomb = `<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><kml><Document><name>&b;</name></Document></kml>`;
  assert.equal((await factsOf("kml", bomb))["title"], "&b;");
  const deep = `<kml>${"<Folder>".repeat(100_000)}`;
  assert.equal((await factsOf("kml", deep))["placemarks"], "0");
});

test("what is no KML or GPX is left to others", async () => {
  for (const text of ["", "no map at all\n", "<html></html>", "{}"]) {
    assert.equal(await extracted("kml", text), undefined);
    assert.equal(await extracted("gpx", text), undefined);
  }
});
