"""Light curves as surveys hand them out, in text, made by seeded functions."""

from pathlib import Path

import numpy as np

SOURCE_ID = 5937083312263887616
_GAIA_BANDS = ("G", "BP", "RP")


def asassn_file(folder: Path, n: int = 40, *, seed: int = 0) -> Path:
    """A light curve of the first Sky Patrol: of two cameras and filters, every seventh row an upper limit."""
    rng = np.random.default_rng(seed)
    lines = ["HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter"]
    for k in range(n):
        hjd = 2457420.78 + 1.3 * k
        camera, band = ("be", "V") if k % 3 else ("bm", "g")
        mag = 14.2 + 0.02 * rng.standard_normal()
        shown = (">16.512", "99.990") if k % 7 == 3 else (f"{mag:.3f}", "0.021")
        flux = 3.6e6 * 10 ** (-0.4 * mag)
        lines.append(f"{hjd:.5f},2016-02-02.28,{camera},1.45,16.51,{shown[0]},{shown[1]},{flux:.3f},0.08,{band}")
    return _written(folder / "asassn.csv", lines)


def asassn2_file(folder: Path, n: int = 40) -> Path:
    """A light curve of the second Sky Patrol: comments, good and bad images, limits told by an error of 99.99."""
    lines = ["# ASAS-SN Sky Patrol", "JD,Flux,Flux Error,Mag,Mag Error,Limit,FWHM,Filter,Quality,Camera"]
    for k in range(n):
        mag, error = (16.9, 99.99) if k % 10 == 4 else (13.5 + 0.01 * (k % 5), 0.02)
        lines.append(
            f"{2458000.5 + k},{10 - 0.1 * (k % 5)},0.2,{mag},{error},17.1,1.5,g,{'B' if k % 8 == 1 else 'G'},bb"
        )
    return _written(folder / "light_curve_1234.csv", lines)


def ztf_file(folder: Path, n: int = 60, *, seed: int = 0, stars: int = 1) -> Path:
    """A light curve as the archive at IRSA gives it, in two filters; every ninth row is flagged."""
    rng = np.random.default_rng(seed)
    lines = ["oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp,filefracday,field,limitmag,magzp"]
    for k in range(n):
        band, code = ("zg", 1) if k % 3 == 0 else ("zr", 2)
        oid = 686103400000000 + code * 1000 + k % stars
        mjd = 58200.1 + 2.1 * k
        mag = 16 + 0.3 * code + 0.02 * rng.standard_normal()
        flags = 32768 if k % 9 == 5 else 0
        lines.append(
            f"{oid},{5e7 + k:.0f},{mjd + 2400000.503:.6f},{mjd:.6f},{mag:.5f},0.0150,{flags},{band},"
            f"298.0025,29.8714,0.93,-0.01,20180323,686,20.4,26.2"
        )
    return _written(folder / "ztf.csv", lines)


def gaia_rows(n: int = 45, *, seed: int = 0) -> list[dict[str, str]]:
    """Epoch photometry as Gaia's DataLink gives it: a row for each band of each transit."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        band = _GAIA_BANDS[k % 3]
        flux = 3000.0 * (1 + 0.01 * rng.standard_normal())
        rows.append(
            {
                "source_id": str(SOURCE_ID),
                "transit_id": str(17091923342681275 + k // 3),
                "band": band,
                "time": f"{1705.9437360200984 + 20.1 * (k // 3):.13f}",
                "mag": "" if k == 7 else f"{25.69 - 2.5 * np.log10(flux):.10f}",
                "flux": f"{flux:.9f}",
                "flux_error": "6.25",
                "flux_over_error": f"{flux / 6.25:.4f}",
                "rejected_by_photometry": "true" if k in (3, 10) else "false",
                "rejected_by_variability": "false",
                "other_flags": "1",
                "solution_id": "375316653866487565",
            }
        )
    return rows


def gaia_file(folder: Path, n: int = 45) -> Path:
    """The same in CSV."""
    rows = gaia_rows(n)
    return _written(folder / "gaia.csv", [",".join(rows[0]), *(",".join(row.values()) for row in rows)])


def aavso_file(folder: Path, n: int = 30) -> Path:
    """A download of the AAVSO: limits, commas within quotes, an HJD that few observers give, two bands."""
    lines = [
        "JD,Magnitude,Uncertainty,HQuncertainty,Band,Observer Code,Comment Code(s),Comp Star 1,Comments,Airmass,"
        "Validation Flag,Cmag,Kmag,HJD,Star Name,Digitizer"
    ]
    for k in range(n):
        magnitude, error = ("<13.2", "") if k % 6 == 2 else (f"{9.1 + 0.1 * (k % 4):.1f}", "0.05")
        band = "Vis." if k % 5 else "V"
        hjd = "2455000.51" if k == 4 else ""
        lines.append(
            f'{2455000.5 + k},{magnitude},{error},,{band},ABC,,101,"seeing bad, moon",1.2,Z,10.1,11.2,{hjd},SS CYG,'
        )
    return _written(folder / "aavso.csv", lines)


def aavso_upload(folder: Path) -> Path:
    """What an observer sends to the AAVSO: all names and settings in comments."""
    lines = [
        "#TYPE=EXTENDED", "#OBSCODE=ABC", "#SOFTWARE=by hand", "#DELIM=,", "#DATE=HJD", "#OBSTYPE=CCD",
        "#NAME,DATE,MAG,MERR,FILT,TRANS,MTYPE,CNAME,CMAG,KNAME,KMAG,AMASS,GROUP,CHART,NOTES",
        "SS CYG,2450702.1234,<11.135,na,V,NO,STD,105,10.593,110,11.090,1.561,1,070613,na",
        "SS CYG,2450703.1254,11.136,0.003,V,NO,STD,105,10.594,110,11.091,1.563,1,070613,na",
        "SS CYG,2450704.1262,11.187,0.003,V,NO,STD,105,10.594,110,11.095,1.564,1,070613,na",
    ]  # fmt: skip
    return _written(folder / "upload.txt", lines)


def magnitude_ecsv(folder: Path, n: int = 20) -> Path:
    """An ECSV of astropy with a Julian date, magnitudes, and what they are of in its meta."""
    from astropy.table import Table

    time = 1352.4 + np.arange(n) / 48
    table = Table({"time": time, "mag": 12.3 + 0.01 * np.sin(time), "mag_err": np.full(n, 0.002)})
    table["time"].unit, table["mag"].unit, table["mag_err"].unit = "d", "mag", "mag"
    table.meta = {"OBJECT": "KIC 8462852", "MISSION": "Kepler", "QUARTER": 16, "ZEROPOINT": 25.1, "FILTER": "Kp"}
    path = folder / "star.ecsv"
    table.write(path, format="ascii.ecsv")
    return path


def _written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path
