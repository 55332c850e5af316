; HEADER_BLOCK_START
; BambuStudio 01.10.01.50
; model printing time: 1m 6s; total estimated time: 9m 3s
; total layer number: 3
; total filament length [mm] : 75.74
; total filament volume [cm^3] : 182.19
; total filament weight [g] : 0.23
; model label id: 171
; filament_density: 1.24
; filament_diameter: 1.75
; max_z_height: 0.60
; HEADER_BLOCK_END

; CONFIG_BLOCK_START
; change_filament_gcode = M620 S[next_extruder]A\nM204 S9000\nG1 Z{max_layer_z + 3.0} F1200
; filament_type = PLA
; gcode_flavor = marlin
; layer_height = 0.2
; nozzle_diameter = 0.4
; nozzle_temperature = 220
; nozzle_temperature_initial_layer = 220
; printer_model = Bambu Lab A1 mini
; CONFIG_BLOCK_END

; thumbnail begin 48x48 152
; iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAOUlEQVR42u3OQQ0AAAgEoItjWDtrC+
; eDjQBkul6JkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkNCdBWGpS+KMviEdAAAAAElFTkSuQmCC
; thumbnail end
;
; EXECUTABLE_BLOCK_START
M73 P0 R9
M140 S60
M104 S220
G28
G90
M83
G392 S0
M1002 gcode_claim_action : 2
G1 Z0.2 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E.65000
G1 X110.25 Y110.5 E.65000
G1 X90.5 Y110.5 E.65000
G1 X90.5 Y90.5 E.65000
G1 Z0.4 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E.65000
G1 X110.25 Y110.5 E.65000
G1 X90.5 Y110.5 E.65000
G1 X90.5 Y90.5 E.65000
G1 Z0.6 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E.65000
G1 X110.25 Y110.5 E.65000
G1 X90.5 Y110.5 E.65000
G1 X90.5 Y90.5 E.65000
M104 S0
M140 S0
M1007 S1
M18
; EXECUTABLE_BLOCK_END
