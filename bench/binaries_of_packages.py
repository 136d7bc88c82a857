"""Binary files out of Debian's packages, one of each kind, none of them larger than 1 MB.

A row names the package, the file in it, the bytes that are taken and how the file is unpacked.
"""

import dataclasses
import gzip
import pathlib
import subprocess

MEGABYTE = 1_000_000


@dataclasses.dataclass
class PackageFile:
    package: str
    path: str
    begin: int = 0
    size: int = MEGABYTE
    decode: str = ""  # "", "gzip" or "jbig"


ESO = "usr/lib/eso-midas/22FEB/test/prim/"
MAGICS = "usr/share/magics/10m/ne_10m_"
JBIG = "usr/share/jbigkit-testdata/"
BOWTIE = "usr/share/doc/bowtie/examples/"
MRI = "usr/share/mricron/templates/"
STARS = "usr/share/stellarium/stars/default/"
JAVA = "usr/lib/jvm/java-17-openjdk-amd64/lib/"

FILES = {
    "fax_letter": PackageFile("jbigkit-testdata", JBIG + "ccitt1.jbg", decode="jbig"),
    "fax_text": PackageFile("jbigkit-testdata", JBIG + "ccitt4.jbg", decode="jbig"),
    "fax_drawing": PackageFile("jbigkit-testdata", JBIG + "ccitt2.jbg", decode="jbig"),
    "bilevel_t82": PackageFile("jbigkit-testdata", JBIG + "test-t82.pbm"),
    "bitmap_font": PackageFile("xfonts-base", "usr/share/fonts/X11/misc/18x18ja.pcf.gz",
                               decode="gzip"),
    "font_truetype": PackageFile("fonts-dejavu-core",
                                 "usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"),
    "dna_fasta": PackageFile("bowtie-examples", BOWTIE + "genomes/NC_008253.fna.gz",
                             decode="gzip"),
    "dna_contigs": PackageFile("mummer",
                               "usr/share/doc/mummer/examples/input/B_anthracis_contigs.fasta"),
    "dna_2bit": PackageFile("bowtie-examples", BOWTIE + "indexes/e_coli.4.ebwt"),
    "dna_blast": PackageFile("ncbi-data", "usr/share/ncbi/data/SSU-mito-rRNA.nsq"),
    "dna_rrna": PackageFile("microbiomeutil-data",
                            "usr/share/microbiomeutil-data/RESOURCES/rRNA16S.gold.fasta",
                            1_000_000),
    "dna_bwt": PackageFile("bowtie-examples", BOWTIE + "indexes/e_coli.1.ebwt"),
    "dna_suffixes": PackageFile("bowtie-examples", BOWTIE + "indexes/e_coli.2.ebwt"),
    "dna_genbank": PackageFile("emboss-test", "usr/share/EMBOSS/test/genbank/gbpri1.seq",
                               1_000_000),
    "medical_labels": PackageFile("mricron-data", MRI + "aal.nii.gz", 2_000_000, decode="gzip"),
    "medical_8bit": PackageFile("mricron-data", MRI + "ch2.nii.gz", 3_000_000, decode="gzip"),
    "medical_16bit": PackageFile("mricron-data", MRI + "inia19-NeuroMaps.nii.gz", 2_000_000,
                                 decode="gzip"),
    "medical_float": PackageFile("mricron-data", MRI + "inia19-t1-brain.nii.gz", 8_000_000,
                                 decode="gzip"),
    "sky_16bit": PackageFile("eso-midas-testdata", ESO + "vimos.fits"),
    "sky_16bit_plate": PackageFile("eso-midas-testdata", ESO + "dss_test1.fits"),
    "sky_32bit": PackageFile("eso-midas-testdata", ESO + "timmi2.fits"),
    "sky_float": PackageFile("eso-midas-testdata", ESO + "ccd.fits"),
    "sky_xray_events": PackageFile("eso-midas-testdata", ESO + "image_M12c.fits"),
    "sky_table": PackageFile("eso-midas-testdata", ESO + "xamber.fits"),
    "sky_spectrum": PackageFile("eso-midas-testdata", ESO + "xspectr.fits"),
    "star_index": PackageFile("astrometry-data-tycho2-10-19-littleendian",
                              "usr/share/astrometry/index-tycho2-15.littleendian.fits"),
    "star_catalogue": PackageFile("stellarium-data", STARS + "stars_1_0v0_8.cat"),
    "star_motions": PackageFile("stellarium-data", STARS + "hip_plx_err.dat"),
    "terrain_float": PackageFile("ferret-datasets", "usr/share/ferret-vis/data/etopo20.cdf"),
    "terrain_grid": PackageFile("proj-data", "usr/share/proj/egm96_15.gtx"),
    "datum_grid": PackageFile("proj-data", "usr/share/proj/CHENYX06.gsb"),
    "ocean_float": PackageFile("ferret-datasets",
                               "usr/share/ferret-vis/data/coads_climatology.cdf", 1_000_000),
    "wind_float": PackageFile("ferret-datasets",
                              "usr/share/ferret-vis/data/monthly_navy_winds.cdf", 4_000_000),
    "map_shapes": PackageFile("libmagics++-data", MAGICS + "land.shp"),
    "map_lines": PackageFile("r-cran-maps", "usr/lib/R/site-library/maps/mapdata/world.L"),
    "map_shape_index": PackageFile("libmagics++-data",
                                   "usr/share/magics/efas/CurrentDomain/lines.shx"),
    "database_dbf": PackageFile("libmagics++-data", MAGICS + "populated_places_simple.dbf"),
    "database_sqlite": PackageFile("proj-data", "usr/share/proj/proj.db", 2_000_000),
    "database_geoip": PackageFile("geoip-database", "usr/share/GeoIP/GeoIP.dat"),
    "database_geoip6": PackageFile("geoip-database", "usr/share/GeoIP/GeoIPv6.dat", 2_000_000),
    "endgame_bearoff": PackageFile("gnubg-data", "usr/share/gnubg/gnubg_os0.bd"),
    "chess_book": PackageFile("gnuchess-book", "usr/share/games/gnuchess/book.bin"),
    "game_levels": PackageFile("freedoom", "usr/share/games/doom/freedoom2.wad"),
    "game_graphics": PackageFile("freedoom", "usr/share/games/doom/freedoom2.wad", 12_000_000),
    "tensor_float": PackageFile("libonnx-testdata", "usr/share/libonnx-testdata/data/"
                                "pytorch-operator/test_operator_conv/test_data_set_0/input_0.pb"),
    "catalogue_mo": PackageFile("gnubg-data", "usr/share/locale/ja/LC_MESSAGES/gnubg.mo"),
    "dictionary_kanji": PackageFile("kakasi-dic", "usr/share/kakasi/kanwadict"),
    "elf_program": PackageFile("hylafax-server", "usr/lib/hylafax/bin/faxsend"),
    "elf_object": PackageFile("grub-pc-bin", "usr/lib/grub/i386-pc/normal.mod"),
    "wasm_library": PackageFile("wasi-libc", "usr/lib/wasm32-wasi/libc.a"),
    "java_modules": PackageFile("openjdk-17-jre-headless", JAVA + "modules", 40_000_000),
    "java_shared": PackageFile("openjdk-17-jre-headless", JAVA + "server/classes.jsa", 4_000_000),
    "time_zones": PackageFile("openjdk-17-jre-headless", JAVA + "tzdb.dat"),
}


def package_root(folder, package):
    """The unpacked package, fetched by apt-get where it is not in `folder` yet."""
    root = pathlib.Path(folder) / package
    if not root.is_dir():
        archives = pathlib.Path(folder)
        archives.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=archives, check=True,
                       stdout=subprocess.DEVNULL)
        [archive] = archives.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, root], check=True)
        archive.unlink()
    return root


def read(folder, name):
    """The bytes of FILES[name]."""
    file = FILES[name]
    path = package_root(folder, file.package) / file.path
    if file.decode == "gzip":
        content = gzip.decompress(path.read_bytes())
    elif file.decode == "jbig":
        decoder = package_root(folder, "jbigkit-bin") / "usr/bin/jbgtopbm"
        content = subprocess.run([decoder, path], stdout=subprocess.PIPE, check=True).stdout
    else:
        content = path.read_bytes()
    return content[file.begin : file.begin + file.size]
