;; What LineScanner does with most of a line, sixteen bytes at a time: keys that follow each other as on the line
;; before, and values that are plain. It decides nothing that is odd: it stops there, and LineScanner goes on.
;; Arrays are those of KeyTable, TextTable and LineScanner: their addresses are handed in.
(module
  (import "scan" "memory" (memory 1))
  (import "scan" "masks" (global $masks i32)) ;; 16 bytes of ones, 16 of zeros
  (import "scan" "powers" (global $powers i32)) ;; of ten, doubles
  (import "scan" "state" (global $state i32)) ;; the last key; the text that stops; what nobody needs
  (import "scan" "codes" (global $codes i32))
  (import "scan" "next" (global $next i32))
  (import "scan" "misses" (global $misses i32))
  (import "scan" "names" (global $names i32)) ;; rows of 64 bytes
  (import "scan" "nameLengths" (global $nameLengths i32))
  (import "scan" "values" (global $values i32)) ;; rows of 256 bytes
  (import "scan" "valueLengths" (global $valueLengths i32))
  (import "scan" "valueTexts" (global $valueTexts i32))
  (import "scan" "slots" (global $slots i32))
  (import "scan" "slotMask" (global $slotMask i32))
  (import "scan" "hashes" (global $hashes i32))
  (import "scan" "lengths" (global $lengths i32))
  (import "scan" "starts" (global $starts i32))
  (import "scan" "words" (global $words i32))
  (import "scan" "texts" (global $texts i32))
  (import "scan" "ids" (global $ids i32))
  (import "scan" "numbers" (global $numbers i32))
  (import "scan" "nested" (global $nested i32))
  (import "scan" "nestedTexts" (global $nestedTexts i32))

  ;; Whether so many bytes are the same at two places.
  (func $same (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $odd v128)
    (loop $more
      (local.set $odd (v128.xor (v128.load (local.get $a)) (v128.load (local.get $b))))
      (if (i32.le_u (local.get $length) (i32.const 16)) (then
        (return (i32.eqz (v128.any_true (v128.and (local.get $odd)
          (v128.load offset=16 (i32.sub (global.get $masks) (local.get $length)))))))))
      (if (v128.any_true (local.get $odd)) (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $length (i32.sub (local.get $length) (i32.const 16)))
      (br $more))
    (unreachable))

  ;; The number of a text in the table; 0 where it is not there.
  (func $find (param $from i32) (param $length i32) (result i32)
    (local $hash i32)
    (local $at i32)
    (local $left i32)
    (local $number i32)
    (local.set $at (local.get $from))
    (local.set $left (local.get $length))
    (loop $more
      (if (i32.ge_s (local.get $left) (i32.const 4)) (then
        (local.set $hash (i32.mul (i32.xor (local.get $hash) (i32.load (local.get $at))) (i32.const 0x9e3779b1)))
        (local.set $hash (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 15))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $left (i32.sub (local.get $left) (i32.const 4)))
        (br $more))))
    (local.set $hash (i32.mul (i32.const 0x9e3779b1) (i32.xor (local.get $hash)
      (i32.and (i32.load (local.get $at)) (i32.sub (i32.shl (i32.const 1) (i32.shl (local.get $left) (i32.const 3))) (i32.const 1))))))
    (local.set $hash (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 15))))
    (local.set $at (local.get $hash))
    (loop $more
      (local.set $at (i32.and (local.get $at) (global.get $slotMask)))
      (local.set $number (i32.load16_u (i32.add (global.get $slots) (i32.shl (local.get $at) (i32.const 1)))))
      (if (i32.eqz (local.get $number)) (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $left (i32.shl (local.get $number) (i32.const 2)))
      (br_if $more (i32.ne (i32.load (i32.add (global.get $hashes) (local.get $left))) (local.get $hash)))
      (br_if $more (i32.ne (i32.load (i32.add (global.get $lengths) (local.get $left))) (local.get $length)))
      (br_if $more (i32.eqz (call $same (local.get $from)
        (i32.add (global.get $words) (i32.shl (i32.load (i32.add (global.get $starts) (local.get $left))) (i32.const 2)))
        (local.get $length)))))
    (local.get $number))

  ;; Behind the value at $at where it is the last one of this key, else 0.
  (func $lastValue (param $key i32) (param $at i32) (result i32)
    (local $length i32)
    (local.set $length (i32.load (i32.add (global.get $valueLengths) (i32.shl (local.get $key) (i32.const 2)))))
    (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
    (if (i32.eqz (call $same (local.get $at)
          (i32.add (global.get $values) (i32.shl (local.get $key) (i32.const 8))) (local.get $length))) (then
      (return (i32.const 0))))
    (i32.store8 (i32.add (global.get $misses) (local.get $key)) (i32.const 0))
    (i32.add (local.get $at) (local.get $length)))

  ;; Forgets what was found, and reads a line: as `members`.
  (func (export "line") (param $at i32) (param $base i32) (result i32)
    (local $register i32)
    (local.set $register (global.get $numbers))
    (loop $more
      (v128.store (local.get $register) (v128.const i64x2 -1 -1))
      (local.set $register (i32.add (local.get $register) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $register) (global.get $nestedTexts))))
    (local.set $register (global.get $texts))
    (loop $more
      (v128.store (local.get $register) (v128.const i64x2 0 0))
      (local.set $register (i32.add (local.get $register) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $register) (global.get $numbers))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)) (then
      (i32.store (global.get $state) (i32.const 0))
      (return (local.get $at))))
    (call $members (local.get $at) (i32.const 0) (local.get $base)))

  ;; Reads members from the brace or comma at $at on, after a key: the last comma, or what stands behind a value in its
  ;; place, where it stops.
  (func $members (export "members") (param $at i32) (param $key i32) (param $base i32) (result i32)
    (local $guess i32)
    (local $from i32)
    (local $length i32)
    (local $code i32)
    (local $first i32)
    (local $end i32)
    (local $digits i32)
    (local $point i32)
    (local $register i32)
    (local $bytes v128)
    (local $places v128)
    (block $left
      (loop $member
        (local.set $from (i32.add (local.get $at) (i32.const 1)))
        (br_if $left (i32.eqz (local.tee $guess
          (i32.load (i32.add (global.get $next) (i32.shl (local.get $key) (i32.const 2)))))))
        (local.set $length (i32.load (i32.add (global.get $nameLengths) (i32.shl (local.get $guess) (i32.const 2)))))
        (local.set $register (i32.add (global.get $names) (i32.shl (local.get $guess) (i32.const 6))))
        (if (i32.le_u (local.get $length) (i32.const 16))
          (then (br_if $left (v128.any_true (v128.and
            (v128.xor (v128.load (local.get $from)) (v128.load (local.get $register)))
            (v128.load offset=16 (i32.sub (global.get $masks) (local.get $length)))))))
          (else (br_if $left (i32.eqz (call $same (local.get $from) (local.get $register) (local.get $length))))))
        (local.set $from (i32.add (local.get $from) (local.get $length)))
        (local.set $first (i32.load8_u (local.get $from)))
        (local.set $code (i32.load (i32.add (global.get $codes) (i32.shl (local.get $guess) (i32.const 2)))))
        (local.set $register (i32.shr_u (local.get $code) (i32.const 3)))
        (local.set $code (i32.and (local.get $code) (i32.const 7)))
        (block $read
          (block $number
            (block $string
              (br_if $string (i32.eq (local.get $first) (i32.const 0x22)))
              (br_if $number (i32.le_u (local.get $first) (i32.const 0x39)))
              ;; An object or a list: only one that is there again.
              (br_if $left (i32.eqz
                (local.tee $end (call $lastValue (local.get $guess) (local.get $from)))))
              (br_if $read (i32.eqz (local.get $code)))
              (br_if $left (i32.ne (local.get $code) (i32.const 4)))
              (i32.store (i32.add (global.get $nestedTexts) (i32.shl (local.get $register) (i32.const 2)))
                (i32.load (i32.add (global.get $valueTexts) (i32.shl (local.get $guess) (i32.const 2)))))
              (local.set $register (i32.add (global.get $nested) (i32.shl (local.get $register) (i32.const 3))))
              (i32.store (local.get $register) (i32.sub (local.get $from) (local.get $base)))
              (i32.store offset=4 (local.get $register) (i32.sub (local.get $end) (local.get $base)))
              (br $read))
            (br_if $left (i32.gt_u (local.get $code) (i32.const 2)))
            (local.set $end (local.tee $length (i32.add (local.get $from) (i32.const 1))))
            (loop $more
              (local.set $bytes (v128.load (local.get $end)))
              (local.set $digits (i8x16.bitmask (v128.or
                (v128.or
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x22)))
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x5c))))
                (i8x16.lt_u (local.get $bytes) (i8x16.splat (i32.const 0x20))))))
              (if (i32.eqz (local.get $digits)) (then
                (local.set $end (i32.add (local.get $end) (i32.const 16)))
                (br $more))))
            (local.set $end (i32.add (local.get $end) (i32.ctz (local.get $digits))))
            (br_if $left (i32.ne (i32.load8_u (local.get $end)) (i32.const 0x22)))
            (if (i32.eq (local.get $code) (i32.const 2)) (then
              (local.set $register (i32.add (global.get $ids) (i32.shl (local.get $register) (i32.const 3))))
              (i32.store (local.get $register) (i32.sub (local.get $length) (local.get $base)))
              (i32.store offset=4 (local.get $register) (i32.sub (local.get $end) (local.get $base)))))
            (local.set $end (i32.add (local.get $end) (i32.const 1)))
            (br_if $read (i32.ne (local.get $code) (i32.const 1)))
            (if (call $lastValue (local.get $guess) (local.get $from))
              (then (local.set $first (i32.load
                (i32.add (global.get $valueTexts) (i32.shl (local.get $guess) (i32.const 2))))))
              (else
                (local.set $first (call $find (local.get $length)
                  (i32.sub (i32.sub (local.get $end) (local.get $length)) (i32.const 1))))
                (br_if $left (i32.eqz (local.get $first)))))
            (br_if $left (i32.and (i32.eqz (local.get $register))
              (i32.eq (local.get $first) (i32.load offset=4 (global.get $state)))))
            (i32.store (i32.add (global.get $texts) (i32.shl (local.get $register) (i32.const 2))) (local.get $first))
            (br $read))
            ;; A number of at most fifteen bytes.
            (br_if $left (i32.and (i32.ne (local.get $code) (i32.const 3)) (i32.ne (local.get $code) (i32.const 0))))
            (local.set $bytes (v128.xor (v128.load (local.get $from)) (i8x16.splat (i32.const 0x30))))
            (local.set $digits (i8x16.bitmask (i8x16.lt_u (local.get $bytes) (i8x16.splat (i32.const 10)))))
            (local.set $point (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x1e)))))
            (local.set $length (i32.ctz (i32.xor (i32.or (local.get $digits) (local.get $point)) (i32.const -1))))
            (local.set $end (i32.add (local.get $from) (local.get $length)))
            ;; The points among these bytes: one with a digit before and behind it, or none.
            (local.set $point (i32.and (local.get $point)
              (i32.sub (i32.shl (i32.const 1) (local.get $length)) (i32.const 1))))
            (br_if $left (i32.or
              (i32.or
                (i32.gt_u (i32.sub (local.get $length) (i32.const 1)) (i32.const 14))
                (i32.ne (i32.and (local.get $point) (i32.and
                  (i32.shl (local.get $digits) (i32.const 1)) (i32.shr_u (local.get $digits) (i32.const 1)))) (local.get $point)))
              (i32.or
                (i32.and (local.get $point) (i32.sub (local.get $point) (i32.const 1)))
                (i32.or
                  ;; A zero before another digit.
                  (i32.and (i32.eq (local.get $first) (i32.const 0x30)) (i32.shr_u (local.get $digits) (i32.const 1)))
                  (i32.eq (i32.or (i32.load8_u (local.get $end)) (i32.const 0x20)) (i32.const 0x65))))))
            (local.set $digits (select (i32.sub (i32.sub (local.get $length) (i32.const 1)) (i32.ctz (local.get $point)))
              (i32.const 0) (local.get $point)))
            (local.set $point (select (i32.ctz (local.get $point)) (i32.const -128) (local.get $point)))
            ;; The digits without the point, as the last of sixteen.
            (local.set $places (i8x16.add (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
              (i8x16.splat (i32.sub (local.get $length) (i32.const 16)))))
            (local.set $bytes (i8x16.swizzle (local.get $bytes) (i8x16.add (local.get $places)
              (i8x16.le_s (local.get $places) (i8x16.splat (local.get $point))))))
            ;; Pairs, fours and eights of them.
            (local.set $bytes (i32x4.dot_i16x8_s (v128.const i16x8 100 1 100 1 100 1 100 1) (i16x8.add
              (i16x8.mul (v128.and (local.get $bytes) (i16x8.splat (i32.const 0xff))) (i16x8.splat (i32.const 10)))
              (i16x8.shr_u (local.get $bytes) (i32.const 8)))))
            (local.set $bytes (i32x4.dot_i16x8_s (v128.const i16x8 10000 1 10000 1 10000 1 10000 1)
              (i16x8.narrow_i32x4_u (local.get $bytes) (local.get $bytes))))
            (f64.store
              (select (i32.add (global.get $numbers) (i32.shl (local.get $register) (i32.const 3)))
                (i32.add (global.get $state) (i32.const 8)) (local.get $code))
              (f64.div
                (f64.add
                  (f64.mul (f64.convert_i32_s (i32x4.extract_lane 0 (local.get $bytes))) (f64.const 1e8))
                  (f64.convert_i32_s (i32x4.extract_lane 1 (local.get $bytes))))
                (f64.load (i32.add (global.get $powers) (i32.shl (local.get $digits) (i32.const 3))))))
          )
        (local.set $key (local.get $guess))
        (local.set $at (local.get $end))
        (br_if $member (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c)))))
    (i32.store (global.get $state) (local.get $key))
    (local.get $at)))
