package dicom

// syntaxes are the transfer syntaxes of DICOM PS3.6 table A-1, retired ones too:
// how the data set and the picture are written.
var syntaxes = map[string]string{
	"1.2.840.10008.1.2":         "uncompressed",
	"1.2.840.10008.1.2.1":       "uncompressed",
	"1.2.840.10008.1.2.1.98":    "uncompressed, in pieces",
	"1.2.840.10008.1.2.1.99":    "deflated",
	"1.2.840.10008.1.2.2":       "uncompressed, big endian",
	"1.2.840.10008.1.2.4.50":    "JPEG baseline",
	"1.2.840.10008.1.2.4.51":    "JPEG extended",
	"1.2.840.10008.1.2.4.52":    "JPEG extended (process 3 and 5)",
	"1.2.840.10008.1.2.4.53":    "JPEG spectral selection (process 6 and 8)",
	"1.2.840.10008.1.2.4.54":    "JPEG spectral selection (process 7 and 9)",
	"1.2.840.10008.1.2.4.55":    "JPEG full progression (process 10 and 12)",
	"1.2.840.10008.1.2.4.56":    "JPEG full progression (process 11 and 13)",
	"1.2.840.10008.1.2.4.57":    "JPEG lossless (process 14)",
	"1.2.840.10008.1.2.4.58":    "JPEG lossless (process 15)",
	"1.2.840.10008.1.2.4.59":    "JPEG extended, hierarchical (process 16 and 18)",
	"1.2.840.10008.1.2.4.60":    "JPEG extended, hierarchical (process 17 and 19)",
	"1.2.840.10008.1.2.4.61":    "JPEG spectral selection, hierarchical (process 20 and 22)",
	"1.2.840.10008.1.2.4.62":    "JPEG spectral selection, hierarchical (process 21 and 23)",
	"1.2.840.10008.1.2.4.63":    "JPEG full progression, hierarchical (process 24 and 26)",
	"1.2.840.10008.1.2.4.64":    "JPEG full progression, hierarchical (process 25 and 27)",
	"1.2.840.10008.1.2.4.65":    "JPEG lossless, hierarchical (process 28)",
	"1.2.840.10008.1.2.4.66":    "JPEG lossless, hierarchical (process 29)",
	"1.2.840.10008.1.2.4.70":    "JPEG lossless",
	"1.2.840.10008.1.2.4.80":    "JPEG-LS lossless",
	"1.2.840.10008.1.2.4.81":    "JPEG-LS near-lossless",
	"1.2.840.10008.1.2.4.90":    "JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.91":    "JPEG 2000",
	"1.2.840.10008.1.2.4.92":    "JPEG 2000 part 2, lossless",
	"1.2.840.10008.1.2.4.93":    "JPEG 2000 part 2",
	"1.2.840.10008.1.2.4.94":    "JPIP",
	"1.2.840.10008.1.2.4.95":    "JPIP, deflated",
	"1.2.840.10008.1.2.4.100":   "MPEG-2",
	"1.2.840.10008.1.2.4.100.1": "MPEG-2, in pieces",
	"1.2.840.10008.1.2.4.101":   "MPEG-2 high",
	"1.2.840.10008.1.2.4.101.1": "MPEG-2 high, in pieces",
	"1.2.840.10008.1.2.4.102":   "MPEG-4 H.264",
	"1.2.840.10008.1.2.4.102.1": "MPEG-4 H.264, in pieces",
	"1.2.840.10008.1.2.4.103":   "MPEG-4 H.264, BD-compatible",
	"1.2.840.10008.1.2.4.103.1": "MPEG-4 H.264, BD-compatible, in pieces",
	"1.2.840.10008.1.2.4.104":   "MPEG-4 H.264, 2D video",
	"1.2.840.10008.1.2.4.104.1": "MPEG-4 H.264, 2D video, in pieces",
	"1.2.840.10008.1.2.4.105":   "MPEG-4 H.264, 3D video",
	"1.2.840.10008.1.2.4.105.1": "MPEG-4 H.264, 3D video, in pieces",
	"1.2.840.10008.1.2.4.106":   "MPEG-4 H.264, stereo",
	"1.2.840.10008.1.2.4.106.1": "MPEG-4 H.264, stereo, in pieces",
	"1.2.840.10008.1.2.4.107":   "HEVC H.265",
	"1.2.840.10008.1.2.4.108":   "HEVC H.265, 10 bit",
	"1.2.840.10008.1.2.4.110":   "JPEG XL lossless",
	"1.2.840.10008.1.2.4.111":   "JPEG XL from JPEG",
	"1.2.840.10008.1.2.4.112":   "JPEG XL",
	"1.2.840.10008.1.2.4.201":   "HTJ2K lossless",
	"1.2.840.10008.1.2.4.202":   "HTJ2K lossless, by resolution",
	"1.2.840.10008.1.2.4.203":   "HTJ2K",
	"1.2.840.10008.1.2.4.204":   "JPIP, HTJ2K",
	"1.2.840.10008.1.2.4.205":   "JPIP, HTJ2K, deflated",
	"1.2.840.10008.1.2.5":       "RLE lossless",
	"1.2.840.10008.1.2.6.1":     "MIME, inside a letter",
	"1.2.840.10008.1.2.6.2":     "XML",
	"1.2.840.10008.1.2.7.1":     "SMPTE ST 2110-20, uncompressed video",
	"1.2.840.10008.1.2.7.2":     "SMPTE ST 2110-20, interlaced video",
	"1.2.840.10008.1.2.7.3":     "SMPTE ST 2110-30, sound",
	"1.2.840.10008.1.2.8.1":     "deflated frames",
}

// Syntax names how a transfer syntax stores pictures, "" for one that the standard
// does not have.
func Syntax(uid string) string { return syntaxes[uid] }

// deflated tells whether the data set itself is compressed.
func deflated(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205":
		return true
	}
	return false
}

// elsewhere tells whether the file only points at where the picture is.
func elsewhere(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.204", "1.2.840.10008.1.2.4.205":
		return true
	}
	return false
}
