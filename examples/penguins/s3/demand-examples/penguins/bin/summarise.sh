#!/usr/bin/env bash
# Summarises one measurement of the Palmer penguins, by species.
#
# Needs only bash (3.2 or newer) and coreutils. The environment has the paths of the inputs and outputs,
# and the parameters. Bash has whole numbers only, so the script counts in tenths.
set -euo pipefail
export LC_ALL=C # the same order and the same bytes on every machine

# Exits with the name of the first missing variable.
: "${WORKING_DIR:?}"
: "${OBSERVATIONS:?}" "${SPECIES:?}" # inputs: a folder, a file
: "${SUMMARY:?}" "${BY_SPECIES:?}"   # outputs: a file, a folder
: "${MEASURE:?}" "${TITLE:?}" "${BAR_WIDTH:?}"

columns=species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year
measurement='^([0-9]+)(\.([0-9]))?$' # a whole number, or one with a single decimal

scratch=$(mktemp -d "${TMPDIR:-/tmp}/penguins.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "summarise: $*" >&2
  exit 1
}

# Sets `tenths`: 39.1 -> 391, 181 -> 1810. A variable, because a subshell for each penguin would be slow.
to_tenths() {
  [[ $1 =~ $measurement ]] || fail "not a measurement: '$1'"
  tenths=$((10#${BASH_REMATCH[1]} * 10 + ${BASH_REMATCH[3]:-0}))
}

# Reads `key,value` lines, sorted, and prints `key,penguins,measured,min,mean,max` for each key.
# A key may itself hold commas: the value is what follows the last one.
summarise_groups() {
  local line key value current="" penguins=0 measured=0 sum=0 min=0 max=0
  while IFS= read -r line; do
    key=${line%,*}
    value=${line##*,}
    if [[ $key != "$current" ]]; then
      print_group
      current=$key penguins=0 measured=0 sum=0 min=0 max=0
    fi
    penguins=$((penguins + 1))
    if [[ $value == NA ]]; then continue; fi # seen, but not measured
    to_tenths "$value"
    if ((measured == 0 || tenths < min)); then min=$tenths; fi
    if ((measured == 0 || tenths > max)); then max=$tenths; fi
    measured=$((measured + 1))
    sum=$((sum + tenths))
  done
  print_group
}

# Prints the group that summarise_groups has just come to the end of (bash lets it see its caller's variables).
print_group() {
  if [[ -z $current ]]; then return; fi
  if ((measured == 0)); then
    echo "$current,$penguins,0,NA,NA,NA"
    return
  fi
  local mean=$(((2 * sum + measured) / (2 * measured))) # rounded, not cut off
  printf '%s,%d,%d,%d.%d,%d.%d,%d.%d\n' "$current" "$penguins" "$measured" \
    $((min / 10)) $((min % 10)) $((mean / 10)) $((mean % 10)) $((max / 10)) $((max % 10))
}

repeat() { # character count
  local text
  printf -v text '%*s' "$2" ''
  echo "${text// /$1}"
}

# 1. Collect: every file, cut down to species,island,sex,year,<measure>.
measure_column=0
IFS=, read -r -a names <<<"$columns"
for i in "${!names[@]}"; do
  if [[ ${names[i]} == "$MEASURE" ]]; then measure_column=$((i + 1)); fi
done
((measure_column >= 3 && measure_column <= 6)) || fail "MEASURE is '$MEASURE', not a measurement among: $columns"

echo "Collecting $MEASURE ..."
shopt -s nullglob
files=("$OBSERVATIONS"/*/*.csv)
((${#files[@]} > 0)) || fail "no CSV files in $OBSERVATIONS"
for file in "${files[@]}"; do
  IFS= read -r header <"$file"
  [[ $header == "$columns" ]] || fail "unexpected columns in $file: $header"
  tail -n +2 "$file" >"$scratch/rows"
  # `cut` cannot change the order of columns, `paste` can: the measurement goes last.
  cut -d, -f 1,2,7,8 "$scratch/rows" >"$scratch/keys"
  cut -d, -f "$measure_column" "$scratch/rows" | paste -d, "$scratch/keys" - >>"$scratch/penguins"
  printf '  %-20s %3d penguins\n' "${file#"$OBSERVATIONS/"}" "$(wc -l <"$scratch/rows")"
done

# 2. Summarise: all penguins of a species, then its females and its males.
cut -d, -f 1,5 "$scratch/penguins" | sort -t, -k1,1 | summarise_groups >"$scratch/all"
cut -d, -f 1,3,5 "$scratch/penguins" | sort -t, -k1,1 -k2,2 | summarise_groups >"$scratch/by-sex"
for wanted in female male; do
  while IFS=, read -r species sex _ _ _ mean _; do
    if [[ $sex == "$wanted" ]]; then echo "$species,$mean"; fi
  done <"$scratch/by-sex" >"$scratch/$wanted"
done

mkdir -p "$(dirname "$SUMMARY")" "$BY_SPECIES"
{
  echo "species,scientific_name,penguins,measured,min,mean,max,female_mean,male_mean"
  tail -n +2 "$SPECIES" | sort -t, -k1,1 |
    join -t, - "$scratch/all" |
    join -t, - "$scratch/female" |
    join -t, - "$scratch/male"
} >"$SUMMARY"
echo "Wrote ${SUMMARY#"$WORKING_DIR/"}"

# 3. The details, one file for each species: by island, sex and year.
sort "$scratch/penguins" | summarise_groups >"$scratch/details"
previous=""
while IFS=, read -r species details; do
  if [[ $species != "$previous" ]]; then
    previous=$species
    file=$BY_SPECIES/$(tr '[:upper:]' '[:lower:]' <<<"$species").csv
    echo "island,sex,year,penguins,measured,min,mean,max" >"$file"
    echo "Wrote ${file#"$WORKING_DIR/"}"
  fi
  echo "$details" >>"$file"
done <"$scratch/details"

# 4. Show the summary as a table; the bars compare the means.
tail -n +2 "$SUMMARY" >"$scratch/table"
highest=1
while IFS=, read -r _ _ _ _ _ mean _; do
  if ((${mean%.*} > highest)); then highest=${mean%.*}; fi
done <"$scratch/table"

row='%-10s %-21s %4s %7s %7s %7s  %s\n'
rule=$(repeat - $((63 + BAR_WIDTH)))
echo
echo "$TITLE"
echo "$rule"
# shellcheck disable=SC2059 # the format is the constant above
printf "$row" species "scientific name" n mean females males "mean as a bar"
echo "$rule"
while IFS=, read -r species scientific_name penguins _ _ mean _ females males; do
  # shellcheck disable=SC2059
  printf "$row" "$species" "$scientific_name" "$penguins" "$mean" "$females" "$males" \
    "$(repeat '#' $((${mean%.*} * BAR_WIDTH / highest)))"
done <"$scratch/table"
echo "$rule"
